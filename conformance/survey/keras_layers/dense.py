"""Cases of dense and embedding layers."""

from ._cases import IDS, case

L2 = "l2"

DENSE = [
    case("Dense", {"units": 3}),
    case(
        "Dense",
        {"units": 3, "activation": "relu", "kernel_regularizer": L2, "activity_regularizer": L2},
        "regularized",
    ),
    case("Dense", {"units": 3, "lora_rank": 2}, "lora"),
    case("EinsumDense", {"equation": "btd,de->bte", "output_shape": (None, 3), "bias_axes": "e"}),
    case("EinsumDense", {"equation": "...d,de->...e", "output_shape": 3}, "ellipsis"),
    case("Embedding", {"input_dim": 5, "output_dim": 3}, "", IDS),
    case("Embedding", {"input_dim": 5, "output_dim": 3, "mask_zero": True}, "mask-zero", IDS),
    case("Embedding", {"input_dim": 5, "output_dim": 3, "lora_rank": 2}, "lora", IDS),
    case("ReversibleEmbedding", {"input_dim": 5, "output_dim": 3}, "", IDS),
    case(
        "ReversibleEmbedding",
        {"input_dim": 5, "output_dim": 3, "tie_weights": False, "mask_zero": True},
        "untied",
        IDS,
        zero_gradients=("reverse",),
    ),
]
