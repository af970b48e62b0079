"""Patterns for the author and the publisher of French pages."""

from __future__ import annotations

import re

from index.languages.metadata_rules import AGENCY, WORD, MetadataRules

_NAME = rf"{WORD}(?: (?:{WORD}|de|du|des|d['’]{WORD}|la|le|van|von|ben|al|el)){{0,3}} {WORD}"
_NAMES = rf"{_NAME}(?:(?:, | et ){_NAME}){{0,3}}"
_ROLE = (
    r"(?:\w+ ){0,2}(?:journaliste|rédact(?:eur|rice)(?: en chef)?|correspondante?|envoyée? spéciale?|grand reporter|reporter"
    r"|chroniqueu(?:r|se)|éditorialiste|chef(?:fe)? (?:du|de) service)"
)
_PAPER = re.compile(
    r"\b(?:Journal|Gazette|Courrier|Écho|Echo|Dépêche|Voix|Presse|Quotidien|Tribune|Nouvelles?|Nouvelliste|Républicain|Observateur|Télégramme"
    r"|Matin|Soir|Télévision|Radio|Hebdo|Agence)\b"
)


def _is_publisher(words: str) -> bool:
    begins = re.match(r"(?:(?:Le|La|Les) |L['’])?(?=[A-ZÀ-Þ])", words)
    return begins is not None and len(words.split()) < 6 and _PAPER.search(words) is not None and _ALL_NAMES.fullmatch(words) is not None


_ALL_NAMES = re.compile(
    r"(?:(?:L|l|D|d)['’])?[A-ZÀ-Þ][\w'’.-]*(?: (?:[A-ZÀ-Þ][\w'’.-]*|de|du|des|la|le|les|et|d['’][A-ZÀ-Þ]\w*|l['’][A-ZÀ-Þ]\w*))*"
)

RULES = MetadataRules(
    is_publisher=_is_publisher,
    bylines=(
        re.compile(
            rf"\W{{0,3}}(?:Par|PAR|Propos recueillis par|Texte(?: et photos)? :|Texte de|Reportage de|Auteure?|De notre (?:correspondante?"
            rf"|envoyée? spéciale?)(?: à [A-ZÀ-Þ][\w-]+)?,?|Notre correspondante?,?)(?:\s*[:|]\s*|\s+)(?P<name>{_NAMES})"
            rf"(?P<rest>\s*$|\s*[,|·•–—/(-]\s*.{{0,120}}$|\s+(?:à|avec|pour|le)\b.{{0,80}}$|\s+(?:Publié|Mis à jour)\b.{{0,80}}$)"
        ),
        re.compile(rf"(?P<name>{_NAMES})\s*(?:,|\||\s[-–—])\s*{_ROLE}\b.{{0,60}}$"),
    ),
    agency_bylines=(re.compile(rf"(?:Par|PAR|Avec|Source :) (?:l['’])?(?P<name>{AGENCY})\b.{{0,40}}$"),),
    byline_paper=re.compile(r"[\s,–—/-]*(?:pour\s+)?(?P<name>[^,–—/]{2,60}?)\s*$"),
    reporting=re.compile(rf"\(?(?:Propos recueillis|Recueilli) par (?P<name>{_NAMES})\b"),
    rights=(r"[Tt]ous droits réservés",),
    after_owner=(r"\s+[Tt]ous droits",),
    no_owner=("[Tt]ous droits",),
)
