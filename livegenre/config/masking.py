"""Keeps secrets out of what is printed: passwords in addresses and commands, tokens, keys."""

import re

MASK = "***"

_SECRET = r"password|passwd|passphrase|token|secret|credentials?|(?:api|access|auth|secret)[-_]?key"
_SECRET_FLAG = rf"(?i)(?:^|-)(?:{_SECRET}|key)(?:-|$)"

# A word as shells read it. One that begins without quotes does not go on with quoted blanks: those
# quotes are rather the end of a command within a command, and the beginning of what follows it.
_QUOTED = r"""'[^']*'|"(?:\\.|[^"\\])*\""""
_PLAIN = r"""\\"(?:(?!\\").)*\\"|\\.|[^\s'"\\]"""
_WORD = (
    rf"(?:(?:{_QUOTED})(?:{_QUOTED}|{_PLAIN})*"
    rf"""|(?:{_PLAIN})(?:'[^'\s]*'|"[^"\s]*"|\\.|[^\s'"\\])*|['"].*)"""
)
_FLAG = (
    rf"(?<![\w-])(?i:(?!--no-)(?:--?[\w-]*(?:{_SECRET})|--(?:[\w-]+-)?(?:pass|pwd|pw|psk|bearer)))"
)
_LOGIN = (
    r"(?<![\w-])(?:(?<!rsync )-[fgikLnNqsSv]*[uU]\s*|--(?:[\w-]+-)?(?:user|auth)(?:\s+|=))"
    r"""(?:(?P<quote>['"])(?![+{])[^:'"]*|(?:\\")?(?![+{])[^\s:'"]*):(?!//)"""
)
"""Up to the password; ``date -u +%H:%M`` and ``-u http://host`` have none. Letters of curl
may go before."""
_NAMED = (
    rf"(?i)((?<![\w-])(?!--)[\w-]*(?:{_SECRET}|sshpass|_pwd|_pass)(?:\\?['\"])?\s*[=:]\s*"
    r"|[?&](?:key|auth|pass|pwd|sig)=)"
    rf"""(?:{_QUOTED}|\\"(?:(?!\\").)*\\"|[^\s'"&]*[^\s'"&,;)]|[^\s'"&]+)"""
)
"""In an address's query, a header, JSON, or the environment."""
_SCHEME = r"(?i)(authorization['\"]?\s*[=:]\s*(?:(?:basic|bearer|token|digest|key)\s+)?)[^\s'\"]+"
_HIDDEN = (
    (r"(://[^\s:/@]*):\S*@", rf"\1:{MASK}@"),
    (r"(/bot\d+):[\w-]+", rf"\1:{MASK}"),  # Telegram's
    (r"(/(?:webhooks?|hooks\.slack\.com/services|with/key)/)[^\s'\"]+", rf"\1{MASK}"),
    (rf"({_LOGIN})(?(quote)(?:\\.|(?!(?P=quote)).)+|{_WORD})", rf"\1{MASK}"),
    (rf"(?P<quote>['\"])({_FLAG}=)(?:(?!(?P=quote)).)*", rf"\1\2{MASK}"),
    (rf"((?:{_FLAG}(?:\s+|=))+){_WORD}", rf"\1{MASK}"),
    (r"(?i)\b(bearer)\s+[^\s'\"]+", rf"\1 {MASK}"),
    (r"(?i)(\bcookie\s*:\s*)[^'\"]+", rf"\1{MASK}"),
    (_SCHEME, rf"\1{MASK}"),
    (_NAMED, rf"\1{MASK}"),
)
_OF_TOOLS = (
    (r"\bmosquitto_", r"-P\s*"),
    (r"\bsshpass\b", r"-p\s*"),
    (r"\b(?:mysql|mariadb)", r"-p"),
    (r"\bredis-cli\b|(?<!\S)(?:https?|xhs?)\s", r"-a\s+"),
    (r"\bsmbclient\b", r"-U\s*[^\s%'\"]*%"),
)
"""Flags of one letter, which with other programs mean a port or a folder."""


def is_secret(key: str) -> bool:
    """Tell by a flag's name whether its value is for nobody's eyes."""
    return re.search(_SECRET_FLAG, key) is not None


def masked(text: str, key: str = "") -> str:
    """Return a text without the secrets that can be told from the rest of it.

    Parameters
    ----------
    text : str
        Words of people or a command.
    key : str, optional
        The flag that it is about: of a secret one, all that is quoted is hidden.
    """
    if is_secret(key):
        return re.sub(r"'[^']*'|\"[^\"]*\"", MASK, text)
    for pattern, replacement in _HIDDEN:
        text = re.sub(pattern, replacement, text, flags=re.DOTALL)
    for tool, flag in _OF_TOOLS:
        if re.search(tool, text):
            text = re.sub(rf"((?<![\w-]){flag}){_WORD}", rf"\1{MASK}", text, flags=re.DOTALL)
    return text
