"""An agency's story as five papers print it, and a story that is not the agency's: written for the tests of sources and disagreement."""

from __future__ import annotations

import json
from pathlib import Path

PAY = "TARVEL, May 3 (TNA) — The port of Tarvel will pay each dock worker $600 a month while it is closed, the mayor, Selma Dorrin, said."
FIRE = "Firefighters needed nine hours to put out the flames, and 43 people were taken to hospital with burning eyes."
WIRE = f"""{PAY}

The harbour was closed on Sunday after 14 containers of solvent caught fire beside the grain silo.

{FIRE}

“Nobody on this quay will go hungry because a company stacked its drums badly,” Dorrin said.

The company, Ostvik Freight, said it would cooperate with the inquiry and declined to say how long the drums had stood in the sun.
"""
ARABIC = """مرفأ تارفل يدفع لعماله

تارفل – وكالة تارفل للأنباء – أعلنت رئيسة البلدية سلمى دورين أن مرفأ تارفل سيدفع لكل عامل رصيف 600 دولار شهريا ما دام المرفأ مغلقا.

وأُغلق المرفأ يوم الأحد بعد أن اشتعلت النيران في 14 حاوية من المذيبات بجانب صومعة الحبوب.

واحتاج رجال الإطفاء إلى تسع ساعات لإخماد النيران، ونُقل 53 شخصا إلى المستشفى بسبب حرقة في العيون.

وقالت دورين: «لن يجوع أحد على هذا الرصيف لأن شركة أساءت تكديس براميلها».

وقالت شركة أوستفيك للشحن إنها ستتعاون مع التحقيق وامتنعت عن القول كم بقيت البراميل تحت الشمس.
"""
UNION = """Union says dockers want a lawyer

The dockers’ union has hired a lawyer, Ode Larsk, to read the contracts of every docker in Tarvel, its chairwoman said on Sunday.

Some 300 members met in the fish hall and voted to march to the town hall next week.
"""
ASKED_PAY = "How much will the port of Tarvel pay each dock worker?"
ASKED_HURT = "How many people were taken to hospital?"
ASKED_LAWYER = "Who is the lawyer that the dockers' union has hired?"

RECORDS = [
    {"id": "agency", "publisher": "Tarvel News Agency", "date": "2031-05-03", "title": "Port to pay its dockers", "text": WIRE},
    {"id": "gazette", "publisher": "Tarvel Gazette", "date": "2031-05-04", "text": f"Dockers to be paid through closure\n\n{WIRE}"},
    {"id": "herald", "publisher": "Northern Herald", "date": "2031-05-04", "text": f"Tarvel pays its dockers\n\n{WIRE}"},
    {
        "id": "mail",
        "publisher": "Evening Mail",
        "date": "2031-05-05",
        "text": f"Pay for dockers after fire\n\n{WIRE.replace('$600 a month', '$400')}",
    },
    {"id": "sada", "publisher": "صدى الشمال", "date": "2031-05-04", "language": "ar", "text": ARABIC},
    {"id": "radio", "publisher": "Tarvel Radio", "date": "2031-05-06", "text": UNION},
]


def write(file: Path, *left_out: str) -> Path:
    """The articles as a corpus, but for those of these ids."""
    rows = [json.dumps(record, ensure_ascii=False) for record in RECORDS if record["id"] not in left_out]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file
