"""The initials of a Chinese name in pinyin, and its sound: 松鹤养老院 is ``shyly``, as people type
to find it, and sounds as 松贺养老院.

GB 2312 orders its 3,755 characters of level one (0xB0A1 to 0xD7F9) by their pinyin, so the first
letter of each follows from where its code lies, and so does its syllable: those of one syllable,
in any tone, stand together. Characters of level two are ordered by radical:
they, and all that GB 2312 does not have, are left out. A character with several readings has the
one that the standard orders it by.

Source: GB 2312-80, section 5.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

# The code of the first character of each letter; no syllable begins with i, u or v.
_FIRST = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
# The first character of each of the 396 syllables.
_SYLLABLES = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻捕擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹春戳疵聪凑粗蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜督端堆墩掇蛾恩而发藩坊"
    "菲芬丰佛否夫噶该干冈篙哥给根耕工钩辜刮乖棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸块宽匡亏坤括垃莱蓝琅"
    "捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡"
    "扑期掐牵枪橇切钦青琼秋趋圈缺裙然瓤饶惹壬扔日戎揉茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜苏酸虽孙蓑塌胎坍汤掏特藤梯天挑贴厅通偷凸湍推"
    "吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵英哟拥幽迂鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉兹鬃邹租钻嘴尊昨"
)
_STARTS = tuple(int.from_bytes(one.encode("gb2312"), "big") for one in _SYLLABLES)
_LETTERS = "abcdefghjklmnopqrstwxyz"
_LAST = 0xD7F9


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The initials, in lower case; ASCII letters and digits as they are, all else left out."""
    return "".join(map(_initial, name))


@lru_cache(maxsize=8_000)
def _initial(letter: str) -> str:
    if letter.isascii():
        return letter.lower() if letter.isalnum() else ""
    code = int.from_bytes(letter.encode("gb2312", "ignore"), "big")
    return _LETTERS[bisect_right(_FIRST, code) - 1] if _FIRST[0] <= code <= _LAST else ""


def same_sound(one: str, other: str) -> bool:
    """Whether two characters have the same syllable, in whichever tone; False where one's is not
    known."""
    sounds = [_syllable(letter) for letter in (one, other)]
    return sounds[0] is not None and sounds[0] == sounds[1]


def _syllable(letter: str) -> int | None:
    code = int.from_bytes(letter.encode("gb2312", "ignore"), "big")
    return bisect_right(_STARTS, code) if _FIRST[0] <= code <= _LAST else None
