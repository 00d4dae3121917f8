"""Rewrites a query so that it can see the rows of one entity only, or refuses it.

A query is parsed, everything in it has to be on a list of what is known to be harmless, and what is run
is written anew from the parsed form, with every name in quotes. Tables get the names of common table
expressions with the entity's rows, and the query's own expressions a prefix, so that no name of the
query can lead to anything else: not to the schema, nor to virtual tables or functions that read files.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from atlas_assets.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlglot.tokenizer_core import Token


class ScopeError(Exception):
    """A statement or record would have reached beyond the entity of its session."""


# What a query may consist of, beside functions.
_PARTS = (
    *(exp.Select, exp.SetOperation, exp.Subquery, exp.With, exp.CTE, exp.TableAlias, exp.Table),
    *(exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Distinct),
    *(exp.Limit, exp.Offset, exp.Alias, exp.Aliases, exp.Column, exp.Star, exp.Identifier, exp.Var),
    *(exp.Literal, exp.HexString, exp.Null, exp.Boolean, exp.Placeholder, exp.Paren, exp.Tuple),
    *(exp.Binary, exp.Unary, exp.Between, exp.In, exp.Cast, exp.DataType, exp.Escape, exp.Collate),
    *(exp.Case, exp.If, exp.Window, exp.WindowSpec, exp.Filter, exp.Func),
)
# `a.b.c` and `a -> b` are binary operators of sqlglot's, too.
_NO_PARTS = (exp.Dot, exp.JSONExtract, exp.JSONExtractScalar)
_FUNCTIONS = frozenset(
    """
    abs avg cast coalesce count date datetime dense_rank first_value group_concat ifnull iif
    instr julianday lag last_value lead length lower ltrim max min ntile nullif rank replace
    round row_number rtrim sign strftime substr substring sum time total trim typeof
    unixepoch upper
    """.split()  # noqa: SIM905  fifty lines otherwise
)
# Words after which a parenthesis does not open the arguments of a function.
_WORDS = frozenset(
    """
    all and as between by case distinct else except exists filter from having in intersect
    is join like glob limit not offset on or over select then union using when where with
    recursive
    """.split()  # noqa: SIM905  fifty lines otherwise
)
_OWN = "cte_"


@lru_cache(maxsize=512)
def narrowed(statement: str, entity_id: str, known: Tables) -> str:
    """Return a query that sees of each table what `known` says of it. Raises ScopeError."""
    tree = _parsed(statement)
    _refuse_unknown_parts(tree, statement)
    used = _rename_tables(tree, known)
    own = tree.args.pop("with_", None)
    texts = [_generated(part, statement) for part in [tree, *(own.expressions if own else [])]]
    expressions = [known.expression(table, entity_id) for table in sorted(used)] + texts[1:]
    recursive = "RECURSIVE " if own and own.args.get("recursive") else ""
    return f"WITH {recursive}{', '.join(expressions)} {texts[0]}" if expressions else texts[0]


class Tables:
    """The tables that a query may name. `conditions` tell an entity's rows; `shared` have no owner."""

    def __init__(self, conditions: Mapping[str, str], shared: Iterable[str]) -> None:
        self.conditions = dict(conditions)
        self.names = {*conditions, *shared}

    def narrow_name(self, table: str) -> str:
        """Return the name of the expression with an entity's rows of a table."""
        return f"of_entity_{table}" if table in self.conditions else table

    def expression(self, table: str, entity_id: str) -> str:
        """Return the common table expression with an entity's rows of a table."""
        condition = self.conditions[table].replace("$entity", f"'{entity_id}'")
        rows = f"SELECT * FROM main.{table} WHERE {condition}"
        return f'"{self.narrow_name(table)}" AS NOT MATERIALIZED ({rows})'


def _parsed(statement: str) -> exp.Expr:
    """Return a query as a tree, its parameters numbered. Raises ScopeError for anything else."""
    try:
        tokens = SQLite().tokenize(statement)
        trees = sqlglot.parse(_numbered(statement, tokens), dialect=SQLite)
    except (SqlglotError, RecursionError) as error:
        raise ScopeError(
            f"Only queries are allowed here, and this one is not understood: {statement}"
        ) from error
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise ScopeError(f"Only queries are allowed here: {statement}")
    return tree


def _numbered(statement: str, tokens: list[Token]) -> str:
    parts: list[str] = []
    end = 0
    numbers = iter(range(1, len(tokens) + 1))
    for token in tokens:
        if token.token_type is TokenType.PARAMETER or token.text.startswith((":", "@", "$")):
            raise ScopeError(f"Parameters are written as ? here: {statement}")
        if token.token_type is TokenType.PLACEHOLDER:
            parts += [statement[end : token.start], f":p{next(numbers)} "]
            end = token.end + 1
    return "".join([*parts, statement[end:]])


def _refuse_unknown_parts(tree: exp.Expr, statement: str) -> None:
    for node in tree.walk():
        if not isinstance(node, _PARTS) or isinstance(node, _NO_PARTS):
            raise ScopeError(f"{node.sql(SQLite)!r} is not allowed in a query: {statement}")


def _rename_tables(tree: exp.Expr, known: Tables) -> set[str]:
    """Give every table and every expression of the query a name that leads nowhere else.

    Returns the tables of which an entity has rows.
    """
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    if taken := own & known.names:
        raise ScopeError(f"{min(taken)} is a table, and no name for an expression.")
    used: set[str] = set()
    for table in list(tree.find_all(exp.Table)):
        name = _plain_name(table)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
        lowered = name.lower()
        if lowered in known.names:
            used |= {lowered} & known.conditions.keys()
            new = known.narrow_name(lowered)
        elif lowered in own:
            new = f"{_OWN}{lowered}"
        else:
            raise ScopeError(f"There is no table {name!r}.{nearest(name, known.names | own)}")
        table.set("this", exp.to_identifier(new, quoted=True))
    for cte in tree.find_all(exp.CTE):
        alias: Any = cte.args["alias"]
        alias.set("this", exp.to_identifier(f"{_OWN}{cte.alias.lower()}", quoted=True))
    return used


def _plain_name(table: exp.Table) -> str:
    """Return the name of a table. Raises ScopeError for a schema, a function or an option."""
    given = {key for key, value in table.args.items() if value}
    if not isinstance(table.this, exp.Identifier) or given - {"this", "alias", "joins"}:
        raise ScopeError(f"Only tables can be queried here: {table.sql(SQLite)}")
    return table.name


def _generated(part: exp.Expr, statement: str) -> str:
    """Return a part of the query as text. Raises ScopeError for a function that could do harm."""
    text = part.sql(SQLite, identify=True)
    tokens = SQLite().tokenize(text)
    pieces: list[str] = []
    end = 0
    for token, following in pairwise(tokens):
        if following.token_type is TokenType.L_PAREN:
            _refuse_function(token, statement)
        if token.token_type is TokenType.COLON:  # clauses can have changed their order
            pieces += [text[end : token.start], f"?{following.text.removeprefix('p')}"]
            end = following.end + 1
    return "".join([*pieces, text[end:]])


def _refuse_function(token: Token, statement: str) -> None:
    """Raise ScopeError if the word before a parenthesis is none that is known to be harmless."""
    is_name = token.token_type in {TokenType.IDENTIFIER, TokenType.STRING}
    if is_name and not token.text.startswith(_OWN):
        raise ScopeError(f"{token.text!r} is no function: {statement}")
    word = token.text.lower()
    if not is_name and word.isidentifier() and word not in _FUNCTIONS | _WORDS:
        raise ScopeError(f"The function {word!r} is not allowed in a query: {statement}")
