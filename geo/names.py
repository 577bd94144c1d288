"""Names of areas in China as different offices write them: 演示一村村委会, 演示一村(东), 演示一."""

import re

_OFFICE = re.compile(
    r"(?:村民委员会|居民委员会|社区居委会|社区居民委员会|村委会|居委会|便民服务中心|便民服务站|党群服务中心|"
    r"社区服务站|社区工作站|社区党委|党总支|党支部|人民政府|政府|办事处)$"
)
_STREET_OFFICE = re.compile(r"街道办(?:事处)?$")
_KIND = re.compile(r"(?:社区|街道|网格|镇|乡|村)$")
# What stands behind a name in brackets: 演示一村(东片).
ASIDE = re.compile(r"[(（][^()（）]*[)）]$")


def without_aside(name: str) -> str:
    """A name without what stands behind it in brackets."""
    return ASIDE.sub("", name)


def bare_name(name: str) -> str:
    """A name without the words for its office and kind, by which two spellings are the same.

    >>> {bare_name(name) for name in ("演示一村村委会", "演示一村(东)", "演示一村")}
    {'演示一'}
    """
    text = _STREET_OFFICE.sub("街道", without_aside(name) or name)
    text = _OFFICE.sub("", text)
    bare = _KIND.sub("", text)
    return bare if len(bare) > 1 else text
