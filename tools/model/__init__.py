"""An independent model of the engine, in exact integers.

It is written from the contracts alone (the headers of engine/ and the pages of protocol/) and shares no
line with the engine: polynomials are lists of Python integers modulo the whole product Q, products go
through one huge integer multiplication, and no residue number system appears but where bytes enter and
leave. What the contracts determine bit by bit is compared bit by bit.

    python -m tools.model --write    compute every vector anew: protocol/vectors and engine/test/vectors.h
    python -m tools.model --check    recompute the quick ones and compare; --all for every one
"""
