"""Values of the GraphQL scalars that schemathesis has none for; it loads this file by SCHEMATHESIS_HOOKS."""

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

NAMES = st.sampled_from(["a", "kind", "placements", "components", "_x"])
LEAVES = st.one_of(
    st.text(max_size=20).map(nodes.String),
    st.integers(min_value=-(2**70), max_value=2**70).map(nodes.Int),
    st.floats(allow_nan=False, allow_infinity=False).map(nodes.Float),
    st.booleans().map(nodes.Boolean),
)


def an_object(members):
    fields = [
        graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=value) for name, value in members.items()
    ]
    return nodes.Object(fields)


def containers(inner):
    return st.one_of(
        st.lists(inner, max_size=3).map(nodes.List),
        st.dictionaries(NAMES, inner, max_size=3).map(an_object),
    )


schemathesis.graphql.scalar("JSON", st.recursive(LEAVES, containers, max_leaves=6))
schemathesis.graphql.scalar("Cursor", st.text(max_size=30).map(nodes.String))
