"""French: patterns for clutter lines and photo credits."""

from __future__ import annotations

from index.languages.clutter_rules import AGENCY, NAME, YEAR, ClutterRules, LineRule

_OUTLETS = r"(?:facebook|twitter|x|whatsapp|linkedin|e-?mail|telegram|instagram|youtube|tiktok|google actualités)"

RULES = ClutterRules(
    lines=(
        LineRule("chrome", "réservés reserves", rf"(?:©|{YEAR}|copyright\b).{{0,120}}\btous droits r[ée]serv[ée]s.{{0,150}}"),
        LineRule("list", "lire", r"(?:à )?lire (?:aussi|également|encore)(?: sur ce sujet)? ?[:|>»–—-]? ?.{0,160}"),
        LineRule("list", "voir", r"(?:à )?voir aussi ?[:|>»–—-] ?.{0,160}"),
        LineRule("clutter", "temps", r"temps de lecture ?:? ?\d{1,2} ?(?:min(?:utes?)?)?\.?"),
        LineRule("clutter", "lecture", r"(?:lecture|écoute) ?:? ?\d{1,2} ?min(?:utes?)?\.?"),
        LineRule(
            "clutter", "partager partagez", rf"partage[rz](?: (?:cet|l')? ?article)? (?:sur|par|via) {_OUTLETS}(?:(?:,| et) {_OUTLETS})*"
        ),
        LineRule("clutter", "suivez", rf"suivez[- ].{{2,50}} sur {_OUTLETS}(?:(?:,| et) (?:sur )?{_OUTLETS})*.{{0,40}}"),
        LineRule("clutter", "abonnez inscrivez recevez", r"(?:abonnez|inscrivez)-vous (?:à|pour|dès|gratuitement).{0,120}"),
        LineRule("clutter", "abonnés", r"(?:cet )?article (?:est )?réservé (?:à nos|aux) abonnés.{0,60}"),
        LineRule("clutter", "commentaires commentaire", r"\d{1,5} (?:commentaires?|réactions?|partages?)"),
        LineRule("clutter", "publicité", r"la suite après (?:la|cette) publicité"),
    ),
    bracketed_credits=(rf"(?:Photos?|Crédit(?:s)?(?: photos?)?|Illustration|Image)\s?:?\s?(?:{AGENCY}|{NAME})",),
    credit_lines=(
        rf"(?:Photos?|Crédits?(?: photos?)?|Image|Illustration)\s?[:/]\s?(?:{NAME}|{AGENCY})(?:\s?[/–—-]\s?(?:{NAME}|{AGENCY}))?",
    ),
)
