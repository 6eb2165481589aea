"""Cases of keras-rs: layers for recommender systems."""

from keras_rs.layers import DotInteraction, EmbedReduce, FeatureCross

from keras_seqext.testing import LayerCase, Sample

CASES = [
    LayerCase(
        lambda: EmbedReduce(5, 3), name="EmbedReduce", samples=[Sample(shape=(4, 7), dtype="int32")]
    ),
    LayerCase(
        lambda: FeatureCross(projection_dim=2), name="FeatureCross", samples=[Sample(shape=(4, 6))]
    ),
    LayerCase(
        lambda: DotInteraction(),
        name="DotInteraction",
        samples=[Sample(shape=[(4, 6), (4, 6), (4, 6)])],
    ),
]
