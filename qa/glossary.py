"""Words of the news in English and Arabic that mean the same, for the comparison of sentences across the two.

The embedding model joins most words across languages by their vectors, but gives some that are in every article hardly any likeness: by
itself it holds "governor" against "المحافظ" for .27 alike, less than words that have nothing in common. Offices, bodies, deeds and things
that news tell of every day, chosen by hand before any measurement; no names.
"""

from __future__ import annotations

from functools import lru_cache

from index.fold import fold_text
from index.terms import is_stop, stems

_SAME = (
    "governor المحافظ محافظ حاكم الحاكم",
    "vice deputy نائب نائبة",
    "minister ministers الوزير وزير وزيرة وزراء",
    "ministry ministries وزارة وزارات",
    "president chairman chairwoman head chief رئيس رئيسة الرئيس",
    "mayor عمدة بلدية",
    "official officials مسؤول مسؤولون مسؤولين مسؤولة",
    "spokesman spokeswoman spokesperson متحدث متحدثة ناطق",
    "director manager مدير مديرة",
    "executive تنفيذي",
    "employee employees staff worker workers موظف موظفون موظفين عامل عمال",
    "commission committee board panel لجنة مفوضية هيئة مجلس",
    "authority authorities سلطة سلطات هيئة",
    "company firm operator corporation شركة مشغلة",
    "union syndicate نقابة اتحاد",
    "club team نادي فريق",
    "police شرطة",
    "court محكمة",
    "judge قاض قاضي",
    "army military جيش عسكري",
    "soldier soldiers جندي جنود",
    "government حكومة حكومي",
    "council مجلس",
    "parliament assembly برلمان مجلس نواب",
    "party حزب",
    "election elections elected انتخاب انتخابات انتخب انتخبت",
    "vote votes voting voter صوت أصوات تصويت ناخب",
    "ballot ballots paper papers ورقة أوراق اقتراع",
    "candidate مرشح مرشحة",
    "result results نتيجة نتائج",
    "margin difference فارق",
    "died die dead killed death deaths dies توفي توفيت قتل قتلى قتيل وفاة حتفهم حتفه حتفها مات ماتوا مقتل مصرع لقوا لقي",
    "injured wounded hurt جريح جرحى مصاب أصيب إصابة",
    "rescued saved rescue survivors pulled picked أنقذ إنقاذ انتشل ناج ناجين",
    "missing مفقود مفقودين مفقودون",
    "victims ضحايا ضحية",
    "ferry ferries عبارة معدية",
    "ship vessel boat boats سفينة قارب قوارب زورق",
    "capsized capsize overturned capsizing rolled انقلب انقلبت انقلاب",
    "sank sink sunk sinking غرق غرقت",
    "accident crash حادث حادثة",
    "harbour harbor port ميناء مرفأ",
    "pier quay رصيف",
    "channel strait قناة مضيق",
    "lake بحيرة",
    "river نهر",
    "dam سد",
    "gate gates بوابة بوابات",
    "level منسوب مستوى",
    "water مياه ماء",
    "crack cracks شق شقوق",
    "bank side shore ضفة",
    "village villages قرية قرى",
    "town city بلدة مدينة",
    "island جزيرة",
    "region province county إقليم محافظة مقاطعة",
    "road highway طريق",
    "railway rail سكك سكة حديد",
    "train trains قطار قطارات",
    "station stations محطة محطات",
    "ticket tickets تذكرة تذاكر",
    "fare price cost costs priced سعر أسعار قيمة كلفة تكلفة تكاليف ثمن",
    "trip trips journey crossing crossings sailing voyage رحلة رحلات عبور",
    "passenger passengers traveller راكب ركاب مسافر",
    "nurse ممرضة ممرض",
    "doctor طبيب طبيبة",
    "hospital مستشفى",
    "school schools مدرسة مدارس",
    "teacher teachers معلم معلمة معلمون معلمو معلمين مدرس",
    "pupil pupils student students تلميذ تلاميذ طالب طلاب",
    "strike strikes إضراب",
    "wage wages salary pay أجر أجور راتب رواتب",
    "increase rise raise زيادة ارتفاع",
    "fine fined penalty غرامة غرم تغرم تغريم",
    "data information بيانات معلومات",
    "customer customers subscriber subscribers مشترك مشتركين زبائن عملاء",
    "password كلمة مرور",
    "internet online إنترنت",
    "warning warnings تحذير تحذيرات تحذيرين",
    "account story version رواية روايات",
    "claim claims allegation ادعاء ادعاءات زعم رواية",
    "verified verify confirmed confirm verification تحقق التحقق تأكيد تأكد أكد أكدت",
    "independently independent مستقل مستقلة باستقلال",
    "denied deny denies نفى نفت ينفي نفي",
    "refused refuse declined decline rejected reject رفض رفضت امتنع امتنعت يرفض",
    "accepted accept قبل قبلت وافق",
    "resigned resign resignation quit stepped استقال استقالت استقالته استقالة",
    "appointed عين عينت تعيين",
    "announced announce announcement declared أعلن أعلنت إعلان",
    "ordered order أمر أمرت",
    "suspended suspend suspension halted علق علقت تعليق أوقف",
    "evacuated evacuate evacuation أخلى أخلت إخلاء",
    "opened open opening فتح فتحت افتتح افتتاح",
    "closed close closing shut أغلق أغلقت إغلاق مغلقة",
    "built build construction completed بنى بنيت بناء اكتمل شيد",
    "repair repairs repairing إصلاح ترميم",
    "found find discovered discovery وجد عثر اكتشف اكتشفت خلص",
    "report reports تقرير تقارير",
    "inquiry investigation probe تحقيق",
    "comment commented commenting تعليق علق علقت",
    "conceded concede admitted admit أقر أقرت اعترف اعترفت",
    "defeat loss هزيمة خسارة",
    "victory win won wins فوز فاز فازت أحرز انتصار",
    "cup trophy كأس",
    "match game مباراة",
    "goal goals هدف أهداف",
    "spectators fans crowd متفرج متفرجين جمهور",
    "payment paid pay compensation صرف دفع تعويض",
    "family families household households أسرة أسر عائلة عائلات",
    "bereaved lost فقدت فقد",
    "right اليمنى الأيمن يمين يمنى",
    "left اليسرى الأيسر يسار يسرى",
    "left departed sailed set غادر غادرت أبحرت إبحار",
    "supplies supply provides يزود تزود يمد",
    "drinking شرب",
    "carry transport carrying نقل تحمل",
    "licensed licence license مرخص مرخصة ترخيص رخصة",
    "inhabitants residents population people سكان نسمة أهالي",
    "turnout participation مشاركة إقبال",
    "museum متحف",
    "roof سقف",
    "entrance admission entry دخول",
    "free مجاني مجانا مجانية",
    "lighthouse light منارة",
    "swim swimming سباحة يسبح",
    "born ولد ولدت مولود",
    "called rang phoned telephoned اتصل اتصلت هاتف هاتفت",
    "spoke talked said speak talk تحدث حديث تكلم",
    "age aged old عمر عمره عمرها يبلغ تبلغ",
    "war حرب",
    "attack attacks attacked هجوم هجمات هاجم",
    "money مال أموال",
    "week weeks أسبوع أسابيع",
    "month months شهر أشهر",
    "year years سنة سنوات عام أعوام",
    "day days يوم أيام",
    "evening مساء",
    "morning صباح صباحا",
    "night ليلة ليل ليلا",
    "class درجة",
    "ordinary standard عادية عادي",
    "run runs operate operates تعمل يعمل تسير",
    "office post duties منصب مهام مهامه مهامها",
    "recount فرز إعادة",
    "temporarily temporary interim مؤقتا مؤقت",
    "end نهاية",
)  # fmt: skip


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, listed in enumerate(_SAME):
        for word in listed.split():
            folded = fold_text(word)
            for form in {folded, *stems(folded)}:
                if not is_stop(form):
                    found.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in found.items()}


def groups(*forms: str) -> frozenset[int]:
    """The numbers of the entries in which any of these folded forms stands.

    >>> bool(groups("governor") & groups("المحافظ"))
    True
    """
    known = _groups()
    return frozenset().union(*(known[form] for form in forms if form in known))
