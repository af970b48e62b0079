"""English: patterns over folded text by which an article doubts a speaker's account."""

from __future__ import annotations

# words for an account, which may be far from the doubt
ACCOUNT = r"\b(?:accounts?|claims?|allegations?|assertions?|testimon(?:y|ies)|stor(?:y|ies)|version)\b"
CAVEAT = (
    r"(?:could not|couldn't|cannot|can't|can not|unable to|was not able to|were not able to|not possible to|impossible to|"
    r"has not|have not|had not|hasn't|haven't|not been|nobody|no one)\b"
    r"[^.;]{0,40}\b(?:verif(?:y|ied)|confirm(?:ed)?|corroborat(?:e|ed)|substantiat(?:e|ed))\b"
    r"|\b(?:unverified|unconfirmed|uncorroborated|unsubstantiated)\b"
    r"|\bno (?:independent )?(?:confirmation|verification|corroboration)\b"
    r"|\bno evidence (?:for|of|to support) (?:this|that|his|her|their|its|the|these|those) (?:claim|account|allegation|accusation)s?\b"
    r"|\bwithout (?:offering|providing|giving|citing|presenting|any)(?: any)? (?:evidence|proof|details)\b"
    r"|\b(?:offered|gave|provided|cited|presented) no (?:evidence|proof)\b"
    r"|\b(?:accounts?|claims?|testimony|story|version)\b[^.;]{0,60}\b(?:inconsistent|contradict\w*|disputed|differ(?:s|ed)?)\b"
)
