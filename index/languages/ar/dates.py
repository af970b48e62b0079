"""Patterns for Arabic labels of dates, with or without short vowels."""

PUBLISHED = r"(?:نُ?شر(?:ت)?(?: في| بتاريخ| يوم)?|تاريخ النشر|تاريخ|بتاريخ|النشر)(?!\w)"
UPDATED = r"(?:آخر تحديث|تم التحديث|تاريخ التحديث|حُ?دّ?ث(?: في)?|عُ?دّ?ل(?: في)?)(?!\w)"
