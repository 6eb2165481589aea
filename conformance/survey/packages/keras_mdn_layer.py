"""Cases of keras-mdn-layer: the parameters of a mixture of normal distributions."""

from keras_mdn_layer import MDN

from keras_seqext.testing import LayerCase, Sample

CASES = [LayerCase(lambda: MDN(2, 3), name="MDN", samples=[Sample(shape=(4, 6))])]
