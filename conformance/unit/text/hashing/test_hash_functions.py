"""FarmHash64 and SipHash-2-4 against published values and a reference in pure Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_seqext.text.hashing.farm_hash import farm_fingerprint64
from keras_seqext.text.hashing.sip_hash import sip_hash64
from keras_seqext.text.tokens.byte_strings import ByteStrings, pack_integers, pack_strings

pytestmark = pytest.mark.backend_free

# Length of the string -> result of Google's C++ code, for the limits of every branch.
FINGERPRINTS = {
    0: 0x9AE16A3B2F90404F,
    1: 0x4271B80E2915C76A,
    2: 0xAE88B935147A3473,
    3: 0x373A2B2A12E0C581,
    4: 0xCC1E778137AE6D69,
    5: 0x23B0F79675BD1C16,
    7: 0x960838FBC6D9C975,
    8: 0x7D507025ED4EECFD,
    12: 0x12A0D52D6F922439,
    16: 0xD836480326A974D6,
    17: 0x5CDED6CB65C9DAC6,
    24: 0xA71D9FC06B55102B,
    32: 0xA03300E1B2BE6DA7,
    33: 0x839154CA67815696,
    48: 0x698F96261BC531D3,
    64: 0x000F03EAC52D3535,
    65: 0xFB360C5023F60DB6,
    100: 0x094BB5559BBB1375,
    127: 0xD70E348FCBF64D04,
    128: 0x33EF435F17AF1739,
    129: 0xC30A81B637D2E4DD,
    192: 0xE277D6AD7892DD23,
    193: 0x63BCAA15A48F8FE3,
    1000: 0xC6DBD344BB8F49F4,
}
# The vectors of the SipHash reference implementation: key 00 01 .. 0f, message 00 01 .. n-1.
SIP_KEY = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
SIP_HASHES = {0: 0x726FDB47DD0E0E31, 1: 0x74F839C593DC67FD, 8: 0x93F5F5799A932462}
SIP_HASHES[15] = 0xA129CA6149BE45E5  # the worked example of the paper

byte_strings = st.lists(st.binary(max_size=200), max_size=30)


def of_length(length: int) -> bytes:
    return bytes((37 * i + 11) % 256 for i in range(length))


def unpacked(strings: ByteStrings) -> list[bytes]:
    spans = zip(strings.starts, strings.lengths, strict=True)
    return [strings.buffer[start : start + length].tobytes() for start, length in spans]


def sip_reference(message: bytes, key: tuple[int, int]) -> int:
    """Hash a string with the algorithm of the paper, in Python integers."""
    wrap = (1 << 64) - 1
    low, high = (half & wrap for half in key)
    a, b = low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D
    c, d = low ^ 0x6C7967656E657261, high ^ 0x7465646279746573

    def rotate(value: int, left: int) -> int:
        return ((value << left) | (value >> (64 - left))) & wrap

    def sip_round(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
        a, c = (a + b) & wrap, (c + d) & wrap
        b, d, a = rotate(b, 13) ^ a, rotate(d, 16) ^ c, rotate(a, 32)
        c, a = (c + b) & wrap, (a + d) & wrap
        b, d, c = rotate(b, 17) ^ c, rotate(d, 21) ^ a, rotate(c, 32)
        return a, b, c, d

    padded = message + bytes(7 - len(message) % 8) + bytes([len(message) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        a, b, c, d = sip_round(*sip_round(a, b, c, d ^ word))
        a ^= word
    a, b, c, d = sip_round(*sip_round(*sip_round(*sip_round(a, b, c ^ 0xFF, d))))
    return a ^ b ^ c ^ d


def test_fingerprints_of_every_length_class() -> None:
    messages = [of_length(length) for length in FINGERPRINTS]
    got = farm_fingerprint64(pack_strings(messages))
    assert [hex(value) for value in got] == [hex(value) for value in FINGERPRINTS.values()]


@given(st.permutations(sorted(FINGERPRINTS)), st.integers(0, len(FINGERPRINTS)))
@settings(deadline=None, max_examples=30)
def test_fingerprint_does_not_depend_on_other_strings(lengths: list[int], count: int) -> None:
    lengths = lengths[:count]
    got = farm_fingerprint64(pack_strings([of_length(length) for length in lengths]))
    assert got.tolist() == [FINGERPRINTS[length] for length in lengths]


def test_sip_hash_of_the_published_vectors() -> None:
    messages = [bytes(range(length)) for length in SIP_HASHES]
    assert sip_hash64(pack_strings(messages), SIP_KEY).tolist() == list(SIP_HASHES.values())


@given(byte_strings, st.tuples(*[st.integers(-(1 << 63), (1 << 63) - 1)] * 2))
@settings(deadline=None, max_examples=60)
def test_sip_hash_equals_the_reference(messages: list[bytes], key: tuple[int, int]) -> None:
    want = [sip_reference(message, key) for message in messages]
    assert sip_hash64(pack_strings(messages), key).tolist() == want


def test_very_long_strings_together_with_short_ones() -> None:
    messages = [b"a", bytes(600_000), b"", of_length(70_001)]
    got = farm_fingerprint64(pack_strings(messages))
    alone = [farm_fingerprint64(pack_strings([message]))[0] for message in messages]
    assert got.tolist() == alone
    assert sip_hash64(pack_strings([of_length(70_001), b"a"]), (1, 2)).tolist() == [
        sip_reference(of_length(70_001), (1, 2)),
        sip_reference(b"a", (1, 2)),
    ]


@given(st.lists(st.text() | st.binary() | st.sampled_from(["\0", b"\0", "a\0b"]), max_size=30))
@settings(deadline=None)
def test_packing_preserves_all_bytes(strings: list[str | bytes]) -> None:
    want = [item.encode() if isinstance(item, str) else item for item in strings]
    assert unpacked(pack_strings(strings)) == want


@given(byte_strings, st.sampled_from([b"", b"a", b"\0", b"ab"]))
@settings(deadline=None)
def test_equal_to(messages: list[bytes], wanted: bytes) -> None:
    messages = [*messages, wanted, wanted + b"x"]
    want = [message == wanted for message in messages]
    assert pack_strings(messages).equal_to(wanted).tolist() == want


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=40))
@settings(deadline=None)
def test_integers_are_written_in_decimal(values: list[int]) -> None:
    got = unpacked(pack_integers(np.array(values, np.int64)))
    assert got == [str(value).encode() for value in values]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "uint32", "uint64"])
def test_the_limits_of_every_integer_dtype(dtype: str) -> None:
    limits = np.iinfo(dtype)
    values = np.array([[limits.min, 0], [9, limits.max]], dtype)
    want = [str(value).encode() for value in values.ravel().tolist()]
    assert unpacked(pack_integers(values)) == want


@pytest.mark.parametrize("missing", [None, float("nan"), 3, ["nested"]])
def test_elements_that_are_not_strings_raise(missing: object) -> None:
    with pytest.raises(TypeError, match=r"all strings .* Received the element .*mask_value"):
        pack_strings(["a", missing])  # type: ignore[list-item]


@pytest.mark.parametrize("strings", [["a", "\ud800"], [b"a", "x\udfff"]])
def test_lone_surrogate_raises(strings: list[str | bytes]) -> None:
    with pytest.raises(ValueError, match="which contains a lone surrogate"):
        pack_strings(strings)
