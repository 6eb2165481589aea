"""Cases of attention layers, with each option."""

from keras_seqext.testing import Sample

from ._cases import PAIR, case

QUERY_VALUE = Sample(shape=(4, 7, 6), arguments=((4, 5, 6),))
SELF = Sample(shape=(4, 7, 6), arguments=((4, 7, 6),))

ATTENTION = [
    case("Attention", {}, "", PAIR, time_exponent=2.0),
    case(
        "Attention",
        {"use_scale": True, "dropout": 0.3, "seed": 1},
        "scale-dropout",
        PAIR,
        time_exponent=2.0,
    ),
    case("Attention", {"score_mode": "concat"}, "concat", PAIR, time_exponent=2.0),
    case("AdditiveAttention", {}, "", PAIR, time_exponent=2.0),
    case(
        "AdditiveAttention",
        {"use_scale": False, "dropout": 0.3},
        "dropout",
        PAIR,
        time_exponent=2.0,
    ),
    case("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, "", SELF, time_exponent=2.0),
    case(
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "value_dim": 5, "output_shape": 4, "dropout": 0.3},
        "dropout",
        SELF,
        time_exponent=2.0,
    ),
    case(
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "use_gate": True, "use_bias": False},
        "gate",
        SELF,
        time_exponent=2.0,
    ),
    case(
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "sliding_window": 2},
        "window",
        SELF,
        time_exponent=2.0,
    ),
    case("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, "cross", QUERY_VALUE),
    case(
        "GroupQueryAttention",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
        "",
        SELF,
        time_exponent=2.0,
    ),
    case(
        "GroupQueryAttention",
        {
            "head_dim": 3,
            "num_query_heads": 4,
            "num_key_value_heads": 2,
            "dropout": 0.3,
            "use_gate": True,
        },
        "dropout-gate",
        SELF,
        time_exponent=2.0,
    ),
    case(
        "GroupQueryAttention",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "sliding_window": 2},
        "window",
        SELF,
        time_exponent=2.0,
    ),
]
