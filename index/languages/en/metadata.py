"""Patterns for the author and the publisher of English pages."""

from __future__ import annotations

import re

from index.languages.metadata_rules import AGENCY, CAPITALISED, NAMES, WORD, MetadataRules

_ROLE = r"(?i:(?:\w+ ){0,3}(?:writer|reporter|correspondent|editor|columnist|contributor|staff|journalist|producer|bureau chief|critic))"
_MEDIA_END = re.compile(
    r"(?:News|Times|Post|Herald|Tribune|Guardian|Gazette|Journal|Chronicle|Observer|Telegraph|Bureau|Press|Radio|Broadcasting|Standard"
    r"|Star|Sun|Mail|Express"
    r"|Independent|Examiner|Register|Courier|Inquirer|Globe|Review|Magazine|News Agency|TV|Television|Network|Dispatch|Mirror|Monitor"
    r"|Reporter|Bulletin|Sentinel"
    r"|Argus|Echo|Advertiser|Daily|Weekly|Today|Online|Newspaper|Newspapers|News Service|Wire|Record|Leader|Ledger|Citizen|Republic"
    r"|Beacon|Messenger|Enquirer"
    r"|Public Media|Media|Digital|\w+\.(?:com|org|net|co\.uk))$"
)


def _is_publisher(words: str) -> bool:
    return CAPITALISED.fullmatch(words) is not None and _MEDIA_END.search(words) is not None


RULES = MetadataRules(
    is_publisher=_is_publisher,
    bylines=(
        re.compile(
            rf"\W{{0,3}}(?:By|BY|by|Written by|Words by|Story by|Reported by|Author|AUTHOR|Reporter)(?:\s*[:|]\s*|\s+)(?P<name>{NAMES})"
            rf"(?P<rest>\s*$|\s*[,|·•–—/(-]\s*.{{0,120}}$|\s+(?:in|for|at|of|with|from|on|and|is|The)\b.{{0,80}}$|\s+{_ROLE}.{{0,60}}$|\s+"
            rf"(?:Published|Updated|Posted)\b.{{0,80}}$)"
        ),
        re.compile(
            rf"(?P<name>{NAMES})\s*(?:,|\||\s[-–—])\s*(?:the |The )?(?:{_ROLE}\b.{{0,60}}|(?:Associated Press|Reuters|AFP"
            rf"|Agence France-Presse)\.?)$"
        ),
    ),
    agency_bylines=(re.compile(rf"(?:By|BY) (?:the )?(?P<name>{AGENCY})\b.{{0,40}}$"),),
    byline_paper=re.compile(r"[\s,–—/-]*(?:(?:for|of|at)\s+)?(?P<name>[^,–—/]{2,60}?)\s*$"),
    name_alone=re.compile(rf"(?P<name>{NAMES})(?: in [A-ZÀ-Þ][\w'’ -]{{2,40}})?$"),
    place_start=re.compile(
        r"(?:New|San|Los|Las|Santa|Saint|St\.?|North|South|East|West|Northern|Southern|Eastern|Western|Central|Tel|Hong|Kuala|Addis|Buenos"
        r"|Rio|Cape|Washington"
        r"|United|Saudi|Sierra|Costa|El|Abu Dhabi|Latin|Sri|Great|Port|Fort|Lake|Mount)\b"
    ),
    reporting=re.compile(rf"\(?(?:Reporting|Reported|Written) by (?P<name>{NAMES})\b"),
    tag_line=re.compile(
        rf"\(?\W?(?P<name>{NAMES}|(?<=\(){WORD})(?:, (?:an? |the )?[^,.]{{2,60}},)? (?:"
        r"is (?:an?|the|our) (?:[^.]{0,80}\b)?(?:correspondent|reporter|writer|editor|journalist|columnist|contributor|fellow|author"
        r"|producer|analyst|researcher"
        r"|professor|lecturer|bureau chief|freelancer|critic)\b"
        r"|(?:covers|cover) [^.]{2,100}\b(?:for|at)\b|reports? (?:on|from|for)\b|writes? (?:about|on|for)\b|reported from\b"
        r"|reported this story\b"
        r"|is based in\b|can be reached\b)"
    ),
    tag_publisher=re.compile(r"\b(?:for|at|with) (?:the )?(?P<name>[A-ZÀ-Þ][\w&'’.-]*(?: (?:[A-ZÀ-Þ][\w&'’-]*|of|and|&)){0,4})\.?"),
    agency_owner=re.compile(r"\b(?:Press|Agency|Bureau|News Service|Wire|AFP|Reuters|Associated)\b"),
    distribution=re.compile(r"(?i)\b(?:distributed by|visit|may not be published|redistributed)\b"),
    rights=(r"^[Cc]opyright\b|^COPYRIGHT\b|[Aa]ll [Rr]ights [Rr]eserved",),
    before_owner=("Copyright|COPYRIGHT|copyright|by",),
    after_owner=(r"\s+[Aa]ll [Rr]ights",),
    no_owner=("[Aa]ll [Rr]ights|This ",),
)
