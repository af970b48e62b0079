"""English: patterns for clutter lines and photo credits."""

from __future__ import annotations

from index.languages.clutter_rules import AGENCY, CREDIT, NAME, YEAR, ClutterRules, LineRule

_CAPITALS = r"[A-ZÀ-Þ0-9][\w&'’.+-]*(?: (?:[A-ZÀ-Þ0-9(][\w&'’.+)-]*|of|the|and|&|for|de)){0,7}"
_OUTLETS = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|e-?mail|telegram|reddit|bluesky|messenger|pinterest|threads|instagram|youtube|tiktok"
    r"|google news|social media)"
)
_PICTURE = (
    r"(?:Photo|Photos|Photograph|Photographs|Picture|Pictures|Image|Images|Photo credit|Image credit|Picture credit|Photography|Credit"
    r"|Photographer)"
)

_LINES = (
    # legal lines
    LineRule("chrome", "© copyright", r"(?:[Cc]opyright|COPYRIGHT)?\s*(?:©|&copy;|\([cC]\))\s*\S.{0,300}", cased=True),
    LineRule("chrome", "c", rf"\([cC]\)\s*(?:[Cc]opyright\s*)?{YEAR}\b.{{0,200}}", cased=True),
    LineRule("chrome", "©", rf"[^.!?؟]{{1,60}}(?<=[\s|])©\s?(?:{YEAR}|[A-ZÀ-Þ]).{{0,100}}", cased=True),
    LineRule(
        "chrome",
        "copyright",
        rf"(?:Copyright|COPYRIGHT)\s+{YEAR}(?:\s*[-–,]\s*{YEAR})?,?\s+(?:by\s+)?{_CAPITALS}(?:[.,|–-].{{0,250}})?",
        cased=True,
    ),
    LineRule("chrome", "reserved", rf"(?:{YEAR}|copyright\b|\(c\)|c\)).{{0,120}}\ball rights reserved.{{0,150}}"),
    LineRule("chrome", "reserved", r"all rights reserved[.|,©–-].{0,150}"),
    LineRule(
        "chrome",
        "material article content story",
        r"this (?:material|article|content|story) may not be (?:published|reproduced|republished|broadcast|copied|redistributed).{0,200}",
    ),
    # wires, distribution, licences
    LineRule(
        "clutter",
        "distributed provided supplied syndicated",
        rf"\W*(?:Distributed|Provided|Supplied|Syndicated) by (?:the )?{_CAPITALS}(?:, (?:LLC|Inc|Ltd)\.?)?(?:\([^()]{{1,40}}\))?\.?",
        cased=True,
    ),
    LineRule("clutter", "visit", r"(?:please )?visit (?:the |us )?.{0,80}\b(?:at |: ?)?(?:https?://|www\.)\S+"),
    LineRule(
        "clutter",
        "see read hear learn more",
        r"(?:to (?:see|read|learn|hear) more|for more (?:information|details|news|stories|coverage|on|about))\b(?=.{0,150}(?:https?://"
        r"|www\.|\.(?:com|org|net)\b|\bhere\b|\bour (?:web ?site|site|page|app|coverage|newsletter)\b)).{0,60}\b(?:visit|go to|click"
        r"|follow|sign up|subscribe) .{0,150}",
    ),
    LineRule(
        "clutter",
        "republished reprinted",
        r"this (?:article|story|piece) (?:is|was|has been) (?:republished|reprinted) (?:here )?(?:from|with|under|by permission).{0,250}",
    ),
    LineRule("clutter", "source sources", r"(?:[Ss]ources?|SOURCE) ?: ?[^\s.]+(?: [^\s.]+){0,5}", cased=True),
    LineRule("clutter", "print", r"a version of this (?:article|story) appear(?:s|ed) in print.{0,200}"),
    LineRule(
        "clutter",
        "follow read",
        r"(?:follow|read more of|find more) (?:the )?(?:\w+ )?(?:\w+'s|ap) (?:\w+ ){0,3}coverage .{0,150}https?://\S+",
    ),
    # translation notices
    LineRule(
        "clutter",
        "translation",
        r"(?:powered|provided|generated) by (?:an? )?(?:automated|automatic|machine|ai|google|deepl) ?translat(?:ion|e).{0,60}",
    ),
    LineRule(
        "clutter",
        "translated",
        rf"\W*Translated (?:from (?:the )?[A-Z]\w+(?: original)? )?(?:by|into [A-Z]\w+ by) {NAME}(?: and {NAME})?\W*",
        cased=True,
    ),
    LineRule(
        "clutter",
        "translated",
        r"this (?:article|story|page|report|content) (?:was|has been|is) (?:originally written in \w+ and )?(?:(?:automatically"
        r"|machine)[- ]translated|translated (?:automatically|from \w+ (?:by|using|into|with)|using|by (?:ai|google|deepl|machine|an? "
        r"(?:machine|automat\w+)))).{0,150}",
    ),
    # adverts and players
    LineRule(
        "clutter",
        "continues",
        r"(?:story|article) continues (?:below|after) (?:this |the )?(?:advertisement|advert|ad|video|promotion|newsletter sign-?up)",
    ),
    LineRule(
        "chrome",
        "listen",
        r"(?:\d{1,3}[- ]min(?:ute)?s?[- ]listen|\d{1,2}:\d\d ?[·•|-]? ?listen|listen ?[·•|(-]? ?\d{1,3}(?::\d\d| min(?:ute)?s?)\)?"
        r"|listen to (?:this|the) (?:article|story|episode|audio|podcast)(?: .{0,30})?)",
    ),
    LineRule("label", "up live now air", r"(?:next up|up next|live now|now playing|on air(?: now)?) ?: ?.{2,80}"),
    LineRule("chrome", "volume", r"volume \d{1,3}%?"),
    LineRule(
        "chrome",
        "video browser javascript",
        r"(?:to view this video,? please enable javascript|this video (?:can ?not be played|is not available|is no longer available)"
        r"|your browser does(?: not|n't) support|please enable javascript|javascript (?:is|must be) (?:disabled|enabled)|please use "
        r"(?:the )?chrome browser).{0,200}",
    ),
    # sharing, following, counting
    LineRule(
        "clutter",
        "share tweet post send",
        rf"(?:share|tweet|post|send)(?: (?:this|the))?(?: (?:article|story|page|post|video|link))?(?: (?:on|via|to|by|with|in) (?:(?:"
        rf"{_OUTLETS}|your friends|friends|a friend)(?:,? (?:and |or )?)?)+)?",
    ),
    LineRule(
        "clutter",
        "share shares comments comment likes views retweets replies",
        r"(?:\d[\d.,]*[km]? ?(?:shares?|comments?|likes?|views?|retweets?|replies)|(?:shares?|comments?|likes?"
        r"|views?) ?[:(·]? ?\d[\d.,]*[km]?)",
    ),
    LineRule(
        "clutter",
        "follow like find join",
        rf"(?:follow|like|find|join) (?:us|@\w+|[\w.' -]{{2,50}}?) on (?:{_OUTLETS}(?:,? (?:and |or |& )?)?)+(?: .{{0,60}})?",
    ),
    LineRule("clutter", "follow", r"follow (?:him |her |them )?@\w+"),
    LineRule(
        "clutter",
        "comments comment conversation discussion reply",
        r"(?:leave|post|add|write|view|show|read|see|load|hide|join|start)(?: (?:a|all|the|your|our|more|\d+)){0,3} (?:comments?|reply"
        r"|conversation|discussion)(?: \(?\d+\)?| below| here)?",
    ),
    LineRule(
        "clutter",
        "comments comment",
        r"(?:comments (?:have been|are|were) (?:closed|turned off|disabled)|be the first to comment|please (?:read|see) our (?:comment"
        r"|community) (?:policy|guidelines)|(?:log|sign) in to (?:leave a )?comment).{0,60}",
    ),
    # other stories
    LineRule(
        "clutter",
        "read",
        r"(?:read (?:more|also|next|this next|the full (?:story|article|report))|also read|must read) ?[:>|»–-] ?\S.{0,200}",
    ),
    LineRule(
        "clutter",
        "read",
        r"read (?:more|our (?:latest|full)) (?:(?:about|on|from|stories|news|articles|coverage)\b(?: [\w'.-]+){0,6}|(?:\w+ )?stories|here)",
    ),
    LineRule(
        "late",
        "related watch listen see more",
        r"(?:related(?: (?:story|stories|article|articles|coverage|news|content|reading|topics))?|watch(?: (?:now|live|more|next))?"
        r"|listen(?: (?:now|next))?|see also|more on this(?: story)?|more on|more from) ?[:>|»] ?[^.]\S.{0,160}",
    ),
    LineRule(
        "late",
        "tags topics filed tagged keywords categories",
        r"(?:tags|topics|filed under|tagged|keywords|categories|tagged with|filed in) ?[:|] ?.{2,200}",
    ),
    LineRule("tail_list", "more", r"more (?:from|in|on|about|by) [\w'.&-]+(?: [\w'.&-]+){0,4}"),
    # newsletters, subscriptions, applications
    LineRule(
        "clutter",
        "sign subscribe register",
        r"(?:please )?(?:sign up|subscribe|register)(?: (?:here|now|today|free|for free|below|below to))* (?:to|for|and|with|on|here"
        r"|via)\b(?=.{0,150}\b(?:newsletters?|e-?mails?|alerts|briefing|bulletin|inbox|podcast|youtube|whatsapp|our|unlimited"
        r"|updates)\b).{0,250}",
    ),
    LineRule(
        "clutter",
        "get receive want",
        r"(?:want|get|receive) (?=.{0,150}\b(?:newsletters?|(?:in|to|into) your inbox|delivered to you|by e-?mail|our app|news app"
        r"|free app|your phone)\b)(?:the|our|all|more|your|unlimited|breaking|daily|a|local|top|weekly|free|these|this|stories|news"
        r"|updates|email|essential|international|politics)\b.{0,250}",
    ),
    LineRule("clutter", "email e-mail", r"(?:please )?enter (?:a valid|your) e-?mail.{0,80}"),
    LineRule(
        "clutter",
        "by",
        r"by (?:signing|subscribing|registering|clicking|continuing|entering|submitting|using|providing|pressing)\b(?=.{0,150}\byou "
        r"(?:agree|accept|consent|confirm|acknowledge|are agreeing)(?: \w+){0,4} (?:our|the|these|this|that|terms|receive|cookies"
        r"|privacy)\b).{0,350}",
    ),
    LineRule("clutter", "recaptcha", r"this (?:site|form) is protected by recaptcha.{0,200}"),
    LineRule("clutter", "unsubscribe", r"you (?:can|may) (?:unsubscribe|opt out).{0,100}"),
    LineRule(
        "clutter",
        "thanks thank",
        r"(?:thanks|thank you) for (?:signing up|subscribing|registering|reading our|reading [a-z ]{2,30}\.com).{0,100}",
    ),
    LineRule(
        "clutter",
        "download get app",
        r"(?:download|get|install|try) (?:our|the) (?:[\w']+ ){0,4}app(?: (?:now|today|here|for|on|from|to)\b.{0,100})?",
    ),
    LineRule(
        "clutter",
        "click tap",
        r"(?:click|tap) here (?:to|for) (?:get|read|sign|subscribe|see|view|watch|listen|download|join|more|the|follow|donate|learn"
        r"|support|our)\b.{0,150}",
    ),
    LineRule(
        "clutter",
        "already subscriber subscribers member members account",
        r"(?:already|not yet|are you) (?:an? |have an )?(?:subscriber|member|subscribed|registered|account|registered user)\b.{0,80}",
    ),
    LineRule(
        "clutter",
        "log sign",
        r"(?:please )?(?:log|sign) in (?:to|with|or|using) (?:your account|continue|comment|save|read|view|google|facebook|apple|register"
        r"|subscribe|create|join|manage|access|leave)\b.{0,100}",
    ),
    LineRule("clutter", "logged signed", r"you (?:must|need to) be (?:logged|signed) in.{0,80}"),
    LineRule(
        "clutter",
        "continue",
        r"to continue reading(?: this (?:article|story))?,? (?:please )?(?:subscribe|register|sign|log|create).{0,150}",
    ),
    LineRule(
        "clutter",
        "articles limit",
        r"you(?:'ve| have)? (?:reached|used|read|have) .{0,60}(?:free articles?|article limit|gift articles|articles remaining"
        r"|articles left).{0,150}",
    ),
    LineRule(
        "clutter",
        "subscribers members",
        r"this (?:article|content|story) is (?:for|only available to|available to|exclusive to|exclusively for|reserved for) (?:our )?"
        r"(?:\w+ )?(?:subscribers|members)(?: only)?(?:[.,;].{0,80})?",
    ),
    # donations
    LineRule(
        "clutter",
        "support fund protect help back",
        r"(?:please )?(?:support|fund|protect|help (?:us|fund|support|keep|power)|back) (?!for\b|of\b|among\b|from\b)(?=.{0,80}\b"
        r"(?:journalism|newsroom|public radio|public media|our reporting|local news|this station|your station|our work"
        r"|independent news)\b)(?=.{0,150}\b(?:now|today|you|your|our|us|we)\b).{0,250}",
    ),
    LineRule(
        "clutter",
        "donate donating contribute contributing",
        r"(?:please )?(?:consider )?(?:donat(?:e|ing)|contribut(?:e|ing))(?: (?:now|today|here|monthly))? (?:to|and|so|if|by|from)\b"
        r"(?=.{0,120}\b(?:our|us|today|now|you|your|journalism|newsroom|we)\b).{0,200}",
    ),
    LineRule(
        "clutter",
        "become join",
        r"(?:become|join as) an? (?:\w+ )?(?:member|supporter|subscriber|sustainer|sustaining member|patron|donor|sponsor)(?: (?:today"
        r"|now|and (?:help|support|get|enjoy|read)|to (?:support|help|get|read|keep)|for (?:just|only|as little))\b.{0,120})?",
    ),
    LineRule(
        "clutter",
        "readers listeners members",
        r"(?:we|our (?:journalism|work|reporting|newsroom)|this (?:story|article|station|work)) (?:rely|relies|depends?|needs?|is|are|was"
        r"|were) .{0,80}(?:readers|listeners|members|viewers|supporters|people) like you.{0,150}",
    ),
    LineRule(
        "clutter",
        "consider",
        r".{0,200}\bplease consider (?:making )?an? (?:\w+ )?(?:donation|contribution|gift|subscription)\b.{0,80}",
    ),
    LineRule(
        "clutter",
        "enjoyed liked enjoying like",
        r"(?:did you )?(?:enjoy(?:ed|ing)?|liked?) (?:reading )?this (?:story|article|piece|post)\? (?:please )?(?:support|subscribe"
        r"|share|sign up|donate|consider|become|join|help).{0,150}",
    ),
    # cookies
    LineRule(
        "chrome",
        "cookies cookie",
        r"(?:this (?:web ?site|site|page)|our (?:web ?site|site)|we(?: and our (?:\d+ )?(?:\w+ )?partners)?) (?:also )?(?:uses?|stores?"
        r"|places?) (?:\w+ ){0,4}cookies?\b.{0,350}",
    ),
    LineRule(
        "chrome",
        "cookies cookie",
        r"(?:accept|reject|allow|manage|decline|customi[sz]e)(?: (?:all|only|essential|necessary|optional|your|our|additional"
        r"|non-essential)){0,3} cookies?(?: (?:settings|preferences))?",
    ),
    # reading times, ages
    LineRule("clutter", "read reading", r"(?:\d{1,3}[- ]?min(?:ute)?s?[- ]read|(?:estimated )?read(?:ing)? time ?:? ?.{0,25})"),
    LineRule(
        "clutter",
        "ago",
        r"(?:(?:published|updated|posted|last updated|last modified) ?:? (?:an?|one|\d{1,3})|\d{1,3}) ?(?:second|sec|minute|min|hour|hr"
        r"|day|week|month|year|[hmd])s? ago",
    ),
    LineRule("clutter", "old", r"this article is more than (?:\d+|one|two|three|a) (?:years?|months?) old"),
    LineRule("clutter", "of", r"list (?:\d{1,2} )?of \d{1,2}(?: items)?"),
    # captions with their label before them
    LineRule(
        "clutter",
        "image media",
        r"(?:Image (?:caption|source|credit)|Media caption|Figure caption)[,:،] ?\S.{0,350}|Image (?:caption|copyright"
        r"|source) [A-Z].{0,300}",
        cased=True,
    ),
)
RULES = ClutterRules(
    bracketed_credits=(
        rf"(?:{AGENCY} )?(?:File [Pp]hoto|Photos?|Images?|Pictures?|Photographs?)\s*(?:/|:|by\b|[Cc]ourtesy\b|via\b)[^()\[\]]{{1,120}}",
        rf"(?:File: ?|FILE: ?|Photo: ?)?{CREDIT}",
        r"(?:File|FILE|Courtesy of|Courtesy|Handout|Screengrab)[:/ ][^()\[\]]{2,80}",
        r"[Ff]ile [Pp]hoto",
        r"(?:[A-Z]\w+ )?[Aa]rchives?",
    ),
    bare_credits=(
        rf"(?:^|(?<=[.!?…)\]”\"'’] ))(?:(?:Photograph|Photo|Picture|Image|Credit|Photos|Photographs|Pictures|Images)s?: ?(?={NAME})"
        rf"[^.:()]{{2,80}}|(?:AP Photo|REUTERS|AFP PHOTO|EPA)\s?/\s?[A-Z][\w .'’-]{{2,60}}"
        rf"|{NAME}\s?/\s?{AGENCY}(?: via [A-Z][\w ]{{2,30}})?)\.?$",
    ),
    credit_lines=(
        rf"{_PICTURE}(?::| by:?)\s*{NAME}(?:\s?(?:,|/|\||for|via|and)\s?(?:the )?{NAME}){{0,3}}",
        r"(?:\w+ )?(?:via|/) Getty Images",
        r"[Ff]ile [Pp]hoto|FILE PHOTO",
        rf"(?:Courtesy|COURTESY)(?: of|:)? (?:the )?{NAME}",
        "Handout",
    ),
    caption_cues=(
        r"\b(?:is|are) (?:pictured|seen|shown)\b|\bpictured\b|\bin this (?:file |undated |handout )?(?:photo|image|picture)|\bfile photo\b"
        r"|\(left\)|\(right\)|\bPicture taken\b",
    ),
    lines=_LINES,
)
