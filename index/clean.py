"""Which spans of an article's text are story: cleaning marks, it never rewrites.

What it believes: clutter comes in whole lines. A line is marked for its shape and its company, never for a word in it:

- a line that *is* a known phrase ("Advertisement", "اقرأ أيضا"), or fits a pattern from end to end ("Copyright 2021 NPR. …");
- a photo caption, by the credit at its end or on the line next to it;
- a list of other stories, by the heading above it; a menu, by the menu lines around it.

A sentence that reports what somebody said is never marked by a pattern, nor is a long line. When in doubt, the line is kept: a
false mark loses a sentence for good, a missed one costs a poor passage.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from index.spans import Span

# None of these lengths (in code points) is tuned to a figure; each stands well clear of what it separates.
LONGEST_CLUTTER = 400  # cookie notices reach it; a longer line is a paragraph
LONGEST_HEADLINE = 180
SHORTEST_PROSE = 60  # with a sentence's end; LONGEST_HEADLINE without
LONGEST_LIST = 20  # lines under a "related" heading; more than that is no list of links
LONGEST_FRONT_MATTER = 4_000


class Kind(IntEnum):
    """What a line is on its own. STORY and PROSE are marked in a list, a caption or a frame only; LABEL and after, in their place only."""

    STORY = 0
    PROSE = 1  # a line that is surely a paragraph: it parts the page's head and tail from its body
    CLUTTER = 2
    CHROME = 3  # clutter of the site's frame: menu, player, legal line
    CREDIT = 4  # a photo credit alone on its line
    LIST = 5  # the heading of a list of other stories
    LABEL = 6  # marked among clutter, or in a run of labels
    LATE = 7  # marked after the first paragraph only
    TAIL = 8  # marked after the last paragraph only
    TAIL_LIST = 9  # the same, and the heading of a list


@lru_cache(maxsize=2)  # metadata.py asks for the same text's right after the article itself
def story_spans(text: str) -> tuple[Span, ...]:
    """The spans of `text` that are story, in code points: sorted, apart, not empty, without white space at their ends.

    Consecutive story lines share a span. Text without line ends is one line, and story unless it is short clutter.

    >>> page = "Advertisement\\n\\nMayor opens bridge\\nShare\\nThe bridge opened on Monday."
    >>> [span.of(page) for span in story_spans(page)]
    ['Mayor opens bridge', 'The bridge opened on Monday.']
    """
    page = _Page(text)
    page.mark()
    return page.story()


# ------------------------------------------------------------------------------------------------- what a line is on its own

_LINE = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*")
_WORD = re.compile(r"[^\W_]+|©")
_APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))
_SENTENCE_END = re.compile(r"[.!?…؟۔]['\"’”»)\]]{0,3}$")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,300}\)")
_TIMES = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d\d(?P<pair> ?[/|–-]? ?(?:\d{1,2}:)?\d{1,2}:\d\d)?")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ITEM_SEPARATOR = re.compile(r"\s*[|·•>›»/]\s*|\s{2,}|\t")
_HOLDS_SEPARATOR = re.compile(r"[|·•>›»/\t]|\s\s")


class _Fold(dict[int, str | int | None]):
    """Characters that stand for themselves are put in when first met: a key that is missing costs `translate` an exception each time."""

    def __missing__(self, code: int) -> int:
        self[code] = code
        return code


_FOLD = _Fold({ord(a): b for a, b in zip("أإآٱةى’‘`´“”‐‑\u00a0", "اااا\u0647ي''''\"\"-- ", strict=True)})
_FOLD.update(
    dict.fromkeys([*range(0x064B, 0x0653), 0x0640, 0x0670, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
)
_EDGES = " \t:：.,;،؛|·•●▪■◆»«›‹→←↓↑▶►▸▼▲↗✉⬇…–—-_*#+!<>[](){}\ufe0f"


def _key(line: str) -> str:
    """A line to compare: case, Arabic spellings, typography, links and the signs at its ends taken away."""
    if "](" in line:
        line = _LINK.sub(r"\1", line)
    if line.isascii():  # most lines are, and of `_FOLD` one sign is
        return line.lower().replace("`", "'").strip(_EDGES)
    return line.casefold().translate(_FOLD).strip(_EDGES)


def _words_of(key: str) -> list[str]:
    """`_WORD.findall(key)`: of an ASCII line by bytes, which is faster."""
    return key.encode().translate(_APART).decode().split() if key.isascii() else _WORD.findall(key)


def _phrases(*blocks: str) -> frozenset[str]:
    return frozenset(_key(phrase) for block in blocks for phrase in re.split(r"[\n;]+", block))


def _words(block: str) -> frozenset[str]:
    return frozenset(map(_key, block.split()))


_EXACT: tuple[tuple[Kind, frozenset[str]], ...] = (
    (
        Kind.CHROME,
        _phrases(
            # players
            """play live radio;play live;listen live;live radio;next up;now playing;up next;available on air stations;on air now
            all streams;play video;play audio;play episode;unmute;fullscreen;full screen;toggle more options;loading...;video player
            media player;audio player;watch live;watch live tv;current time;remaining time;playback speed;closed captions;embed code
            copy embed code;play the video;0:00;00:00;البث المباشر;بث مباشر;شاهد البث المباشر;استمع للبث المباشر;مشغل الفيديو
            تشغيل الفيديو;جار التحميل;جاري التحميل""",
            # menus
            """skip to content;skip to main content;skip to navigation;skip navigation;skip to footer;skip to main;jump to content
            main menu;open menu;close menu;show menu;toggle navigation;toggle menu;site navigation;main navigation;search for
            search this site;open search;back to top;back to home;back to homepage;return to homepage;site map;sitemap;site index
            all sections;more sections;your account;my account;account settings;log in;login;log out;logout;sign in;sign out;sign up
            log in / register;sign in / register;sign in or register;create account;create an account;create a free account;my profile
            manage subscription;english edition;switch edition;change edition;تخطي إلى المحتوى;انتقل إلى المحتوى;الانتقال إلى المحتوى
            تخطى إلى المحتوى الرئيسي;القائمة الرئيسية;فتح القائمة;إغلاق القائمة;تسجيل الدخول;تسجيل دخول;تسجيل الخروج;إنشاء حساب
            العودة إلى الأعلى;الصفحة الرئيسية;خريطة الموقع;البحث في الموقع;ابحث في الموقع""",
            # legal and service links
            """privacy policy;privacy notice;privacy statement;cookie policy;cookies policy;cookie notice;cookie settings
            cookie preferences;manage cookies;privacy settings;privacy center;your privacy choices;your privacy rights;terms of use
            terms of service;terms and conditions;terms & conditions;terms of sale;contact us;about us;advertise with us
            advertising info;ad choices;adchoices;accessibility statement;accessibility help;help center;help centre;faq;faqs
            work for us;do not sell my personal information;do not sell or share my personal information;site feedback;send feedback
            give feedback;accept all;accept all cookies;accept cookies;reject all;reject all cookies;allow all;manage preferences
            i agree;i accept;got it;all rights reserved;rss feeds;modern slavery act;reprints & permissions;corrections policy
            editorial standards;public inspection file;fcc public file;eeo report;become a sponsor;اتصل بنا;من نحن;تواصل معنا
            سياسة الخصوصية;شروط الاستخدام;الشروط والأحكام;أعلن معنا;للإعلان معنا;هيئة التحرير;سياسة ملفات تعريف الارتباط
            ملفات تعريف الارتباط;قبول الكل;رفض الكل;جميع الحقوق محفوظة;كل الحقوق محفوظة;كافة الحقوق محفوظة;حقوق النشر محفوظة
            الحقوق محفوظة;حقوق الطبع والنشر محفوظة;اتفاقية الاستخدام""",
        ),
    ),
    (
        Kind.CLUTTER,
        _phrases(
            # adverts
            """advertisement;advertisements;advert;ad;sponsored;sponsored content;sponsored links;sponsor message;paid content;paid post
            paid for by;promoted content;partner content;skip ad;skip advert;skip advertisement;skip ads;report this ad;report ad
            why this ad;hide ad;close ad;ad feedback;video ad feedback;remove ads;go ad-free;supported by;message from our sponsor
            a message from our sponsor;story continues below;article continues below;continue reading below
            continue reading the main story;continue reading;after newsletter promotion;skip past newsletter promotion
            skip to end of carousel;end of carousel;end of list;skip next section;skip promotion;advertisement - scroll to continue
            scroll to continue;scroll to continue with content;scroll for more;إعلان;اعلان;إعلانات;اعلانات;إعلان ممول;محتوى ممول
            محتوى مدفوع;مادة إعلانية;تخطي الإعلان;مساحة إعلانية;انتهى الإعلان""",
            # sharing and saving
            """share;share via;share page;copy link;copy this link;copy url;link copied;link copied!;copied;copied to clipboard
            save article;save for later;save story;save this article;save this story;add to your saved stories;bookmark this article
            removed from bookmarks;find your bookmarks in your;gift article;give this article;gift this article;share full article
            print this page;print this article;print article;email this article;email this story;email article;send by email
            share options;share tools;share link;tweet this;pin it;share on social media;follow us;follow us on
            follow us on social media;connect with us;stay connected;like us on facebook;add us on google;reuse this content
            order reprints;purchase licensing rights;opens new tab;opens in new tab;opens in new window;شارك;شاركها;شاركنا;شارك المقال
            شارك الخبر;شارك هذا المقال;شارك هذا الخبر;شارك القصة;شارك الصفحة;شارك عبر;شارك على;شارك مع أصدقائك;مشاركة;مشاركة المقال
            مشاركة الخبر;مشاركة عبر;نسخ الرابط;انسخ الرابط;تم نسخ الرابط;تم النسخ;حفظ المقال;احفظ المقال;طباعة المقال;إرسال بالبريد
            إرسال عبر البريد;أرسل إلى صديق;تابعنا;تابعونا;تابعنا على;تابعونا على;تابعونا عبر""",
            # captions' buttons
            """hide caption;toggle caption;show caption;view image in fullscreen;open image in gallery;enlarge this image;view gallery
            view photos;view full size;click to enlarge;image caption;image source;image credit;media caption;photo gallery
            open in gallery;صدر الصورة;مصدر الصورة;التعليق على الصورة;تكبير الصورة""",
            # comments
            """comment on this story;leave a comment;leave a reply;post a comment;add a comment;write a comment;view comments
            show comments;hide comments;read comments;see comments;view all comments;join the conversation;join the discussion
            start the conversation;share your thoughts;comments are closed;comments off;no comments;no comments yet;have your say
            be the first to comment;share or comment on this article;أضف تعليق;أضف تعليقا;أضف تعليقك;اترك تعليقا;اترك تعليقك
            اترك تعليق;اكتب تعليقا;لا توجد تعليقات;عرض التعليقات;شاركنا رأيك;التعليقات مغلقة""",
            # newsletters, subscriptions, donations
            """newsletter;newsletters;our newsletters;daily newsletter;email newsletter;subscribe to our newsletter;subscribe
            subscribe now;subscribe today;subscribe here;subscribe for free;sign up now;sign up here;sign up today;sign up for free
            register now;become a member;become a supporter;become a subscriber;become a member today;join now;join today;donate
            donate now;donate today;donate here;make a donation;make a gift;give now;give today;give monthly;support us
            support our work;support our journalism;support independent journalism;support local journalism;support the news you trust
            support public radio;enter your email;enter your email address;your email address;email address;your email
            already a subscriber;already a member;get the app;download the app;download our app;get our app;breaking news alerts
            news alerts;manage newsletters;اشترك;اشترك الآن;اشترك معنا;اشترك مجانا;اشترك في النشرة;اشترك في النشرة البريدية
            اشترك في النشرة الإخبارية;اشترك في نشرتنا;النشرة البريدية;النشرة الإخبارية;البريد الإلكتروني;أدخل بريدك الإلكتروني
            بريدك الإلكتروني;تبرع;تبرع الآن;ادعمنا;ادعم الصحافة المستقلة;حمل التطبيق;حمل تطبيقنا""",
            # buttons
            """read full story;read full article;read the full story;read the full article;read the original article;show more;show less
            see more;view more;load more;more stories;learn more;find out more;view all;see all;click here;tap here;more details
            المزيد;عرض المزيد;للمزيد;شاهد المزيد;تحميل المزيد;اضغط هنا;انقر هنا;أكمل القراءة;تابع القراءة;متابعة القراءة
            اقرأ الخبر كاملا""",
            # wires and translators
            """powered by automated translation;automated translation;machine translation;automatically translated
            translated automatically;our standards: the thomson reuters trust principles;مترجم آليا;ترجمة آلية;مدعوم بالترجمة الآلية""",
        ),
    ),
    (
        Kind.LIST,
        _phrases(
            """more news;more stories;read more;related stories;related story;related articles;related article;related news
            related content;related coverage;related links;related topics;related posts;related reading;related internet links
            related video;related videos;read next;read also;also read;see also;more on this story;more on this topic;more on this
            more from this section;more like this;more in this section;most read;most viewed;most popular;most shared;most watched
            most commented;most recent;most read stories;trending;trending now;trending stories;popular stories;popular now
            top stories;top news;latest news;latest stories;latest headlines;other stories;other news;editor's picks;editors' picks
            editor's choice;don't miss;you may also like;you might also like;you may be interested in;you might be interested in
            recommended for you;recommended stories;recommended reading;recommended articles;keep reading;what to read next
            what others are reading;more to read;more to explore;in case you missed it;from around the web;around the web
            around the bbc;elsewhere on the bbc;also in the news;must read;must reads;explore more on these topics;explore more
            up next in news;today's top stories;sponsored stories;stories you may like;اقرأ أيضا;إقرأ أيضا;اقرأ المزيد;إقرأ المزيد
            اقرأ ايضا;اقرأوا أيضا;اقرؤوا أيضا;اقرأ/ي أيضا;طالع أيضا;شاهد أيضا;انظر أيضا;اقرأ كذلك;أخبار ذات صلة;مقالات ذات صلة
            مواضيع ذات صلة;موضوعات ذات صلة;ذات صلة;مواد ذات صلة;قصص ذات صلة;أخبار متعلقة;مواضيع متعلقة;موضوعات متعلقة;مقالات متعلقة
            الأكثر قراءة;الأكثر مشاهدة;الأكثر شيوعا;الأكثر شعبية;الأكثر تداولا;الأكثر تفاعلا;الأكثر مشاركة;الأكثر رواجا;قد يعجبك أيضا
            قد يهمك;قد يهمك أيضا;ربما يعجبك;ربما يهمك أيضا;اخترنا لك;اخترنا لكم;المزيد من الأخبار;أخبار أخرى;آخر الأخبار;أحدث الأخبار
            لا يفوتك;لا تفوت;مواضيع قد تهمك;مقالات قد تهمك;أهم الأخبار;الأخبار الأكثر قراءة""",
        ),
    ),
    (
        Kind.TAIL,
        _phrases(
            """reuters;ap;afp;associated press;the associated press;agencies;news agencies;dpa;upi;efe;xinhua;from agencies;wire services
            رويترز;وكالات;أ ف ب;ا ف ب;أ.ف.ب;فرانس برس;د ب أ;الأناضول;أسوشيتد برس;أ ب""",
        ),
    ),
    (
        Kind.LABEL,
        _phrases(
            # sections
            """home;news;world;world news;uk;us;u.s;u.s. news;us news;national;local;local news;politics;business;economy;money;finance
            markets;tech;technology;science;health;sport;sports;football;soccer;culture;arts;arts & culture;entertainment
            entertainment & arts;music;books;film;tv;tv & radio;lifestyle;life & style;life;style;fashion;food;travel;opinion;opinions
            editorial;editorials;columns;letters;obituaries;obits;weather;traffic;climate;environment;education;crime;investigations
            features;magazine;video;videos;photos;pictures;gallery;galleries;podcasts;podcast;audio;radio;live;latest;breaking news
            breaking;today;explore;topics;tags;regions;africa;asia;europe;middle east;americas;latin america;more;in depth;classifieds
            jobs;cars;homes;real estate;puzzles;crosswords;games;horoscopes;comics;shop;store;events;calendar;e-edition;e-paper
            digital edition;iplayer;sounds;bitesize;schedule;programs;programmes;shows;stations;station info;donate;membership
            member center;volunteer;careers;press;archive;archives;الرئيسية;أخبار;الأخبار;العالم;عالمي;عربي;العالم العربي;عربي ودولي
            محليات;محلي;سياسة;السياسة;اقتصاد;الاقتصاد;رياضة;الرياضة;ثقافة;ثقافة وفنون;فن;فنون;منوعات;تكنولوجيا;علوم;علوم وتكنولوجيا
            صحة;صحافة;مقالات;مقالات الرأي;رأي;آراء;كتاب الرأي;تحقيقات;تقارير;حوارات;فيديو;صور;بودكاست;برامج;البرامج;وثائقي;انفوغراف
            إنفوغرافيك;طقس;الطقس;سفر;سيارات;مرأة;المرأة;حوادث;عاجل;الوسوم;وسوم;كلمات دلالية;كلمات مفتاحية;الشرق الأوسط;أفريقيا;آسيا
            أوروبا;أمريكا""",
            # buttons that are words too
            """menu;navigation;search;close;submit;open;next;previous;prev;save;saved;print;email;e-mail;facebook;twitter;x;instagram
            youtube;tiktok;linkedin;whatsapp;telegram;reddit;pinterest;messenger;threads;bluesky;snapchat;flipboard;google news;follow
            following;like;likes;reply;report;listen;watch;download;transcript;embed;comment;comments;views;register;login;account
            profile;settings;edition;language;english;arabic;français;español;help;feedback;ok;cancel;font size;text size;a+;a-;light
            dark;advertising;promoted;ads;shares;expand;collapse;privacy;cookies;terms;copyright;accessibility;licensing;syndication
            advertise;rss;loading;mute;pause;subtitles;autoplay;faq;code of ethics;بحث;ابحث;إغلاق;حفظ;استمع;شاهد;تحميل;فيسبوك;فيس بوك
            تويتر;إكس;إنستغرام;انستغرام;يوتيوب;واتساب;واتس اب;تلغرام;تيليغرام;لينكد إن;ماسنجر;سناب شات;عربي;العربية;English;التالي
            السابق;متابعة;إلغاء;حجم الخط;مساعدة;القائمة;حسابي;حساب جديد;أوافق;موافق;برعاية;انشر;طباعة;اطبع;غرد;إرسال;تعليق;تعليقات
            التعليقات;اشتراك;الاشتراك;مختارات;نسخة الطباعة;بريد إلكتروني""",
        ),
    ),
)
_KIND_OF = {phrase: kind for kind, phrases in reversed(_EXACT) for phrase in phrases if phrase}

# Words of a sentence that reports speech: no pattern marks a line that holds one.
_REPORTED_SPEECH = _words(
    """said says saying told tells added wrote writes according asked argued warned urged insisted claimed explained replied recalled
    noted announced stated admitted denied tweeted complained acknowledged ruled found accused قال قالت وقال وقالت يقول تقول ويقول
    وتقول قالوا أضاف أضافت وأضاف وأضافت أكد أكدت وأكد وأكدت صرح صرحت وصرح أوضح أوضحت وأوضح وأوضحت أعلن أعلنت وأعلن وأعلنت ذكر ذكرت
    وذكر وذكرت أشار أشارت وأشار وأشارت بحسب حسب وفق وفقا وبحسب نفى نفت ونفى كتب وكتب كتبت وتابع وتابعت اعتبر اعتبرت حذر حذرت"""
)

_AGENCY = (
    r"(?:AP|A\.P\.|AFP|REUTERS|Reuters|EPA|EPA-EFE|EFE|PA|PA Media|PA Wire|Getty(?: Images)?|Xinhua|Bloomberg|UPI|TASS|DPA|dpa|ANSA"
    r"|Anadolu(?: Agency)?|AA"
    r"|Associated Press|The Associated Press|Shutterstock|iStock|iStockphoto|Alamy|Rex(?: Features)?|REX|ZUMA(?: Press)?|NurPhoto|Corbis"
    r"|SIPA|Redux|Magnum"
    r"|[A-Z]{3,5}|(?:[A-Z][\w.]* ){1,4}(?:Radio|News|Times|Post|Media|Press|Gazette|Journal|Herald|Chronicle|TV)|Tribune|NPR|BBC|CNN"
    r"|Al Jazeera|NYT|The New York Times|The Washington Post|The Guardian|Unsplash|Pexels|Flickr|Handout"
    r"|Supplied"
    r"|رويترز|أ ف ب|ا ف ب|أ\.ف\.ب|فرانس برس|الفرنسية|الأناضول|أسوشيتد برس|أسوشيتدبرس|أ ب|غيتي|غيتي إيميجز|غيتي إيمجز|جيتي|الأوروبية)"
)
_NAME = r"[A-ZÀ-Þ][\w.'’-]*(?: (?:[A-ZÀ-Þ][\w.'’-]*|al-\w+|bin|ibn|de|da|van|von|der|el|la)){0,4}"
_PHOTOGRAPHER = rf"(?:{_NAME}(?:(?:,? (?:via|for|and) |, ){_NAME}){{0,2}}|[\u0620-\u064a][\u0620-\u064a ]{{2,40}})"
_CREDIT = (
    rf"(?:{_AGENCY}(?: (?:Photo|Photos|Images|Pictures|Wire|File))?\s?/\s?{_PHOTOGRAPHER}|{_PHOTOGRAPHER}\s?/\s?(?:{_AGENCY}\b(?:,? (?:via"
    rf"|File|file)\b.{{0,30}})?|{_NAME} via {_AGENCY}))"
)
_PICTURE = (
    r"(?:Photo|Photos|Photograph|Photographs|Picture|Pictures|Image|Images|Photo credit|Image credit|Picture credit|Photography|Credit"
    r"|Photographer)"
)
_BRACKETED_CREDIT = re.compile(
    rf"[(\[](?:(?:{_AGENCY} )?(?:File [Pp]hoto|Photos?|Images?|Pictures?|Photographs?)\s*(?:/|:|by\b|[Cc]ourtesy\b|via\b)[^()\[\]]{{1,120}}"
    rf"|(?:File: ?|FILE: ?|Photo: ?)?{_CREDIT}|(?:File|FILE|Courtesy of|Courtesy|Handout|Screengrab)[:/ ][^()\[\]]{{2,80}}"
    r"|Getty(?: Images)?|Shutterstock|iStock|[Ff]ile [Pp]hoto|غيتي|غيتي إيميجز|غيتي إيمجز|جيتي|صورة أرشيفية|أرشيفية|أرشيف"
    r"(?: [^()]{2,30})?|(?:[A-Z]\w+ )?[Aa]rchives?"
    r"|(?:تصوير|عدسة|المصور) ?[:/]?[^()\[\]]{2,60})[)\]]\.?$"
)
_BARE_CREDIT = re.compile(
    rf"(?:^|(?<=[.!?…)\]”\"'’] ))(?:(?:Photograph|Photo|Picture|Image|Credit|Photos|Photographs|Pictures"
    rf"|Images)s?: ?(?={_NAME})[^.:()]{{2,80}}"
    rf"|(?:AP Photo|REUTERS|AFP PHOTO|EPA)\s?/\s?[A-Z][\w .'’-]{{2,60}}|{_NAME}\s?/\s?{_AGENCY}(?: via [A-Z][\w ]{{2,30}})?)\.?$"
    r"|(?:^|(?<= ))(?:تصوير|عدسة) ?: ?[^.:]{2,60}\.?$"
)
_CREDIT_LINE = re.compile(
    rf"\(?(?:{_CREDIT}|{_PICTURE}(?::| by:?)\s*{_NAME}(?:\s?(?:,|/|\||for|via|and)\s?(?:the )?{_NAME}){{0,3}}|(?:\w+ )?(?:via"
    rf"|/) Getty Images"
    rf"|Getty Images|Shutterstock|iStock(?:photo)?|Alamy|Unsplash|[Ff]ile [Pp]hoto|FILE PHOTO|(?:Courtesy|COURTESY)(?: of|:)? "
    rf"(?:the )?{_NAME}"
    r"|Handout|(?:تصوير|عدسة|المصور|الصورة|صورة) ?[:/] ?[^.]{2,60}|غيتي(?: إيم[ي]?جز)?|صورة أرشيفية|صورة من الأرشيف)\)?\.?"
)
_SHARING = _phrases(
    "facebook;twitter;x;whatsapp;linkedin;telegram;email;e-mail;print;share;copy link;save;فيسبوك;تويتر;واتساب;تلغرام;طباعة;شارك;نسخ الرابط"
)
_PICTURE_WORDS = _words(
    """photo photos photograph photographs photographer photography picture pictures image images getty credit archive archives courtesy
    shutterstock istock istockphoto alamy unsplash handout file screengrab تصوير عدسة المصور الصورة صورة غيتي جيتي أرشيف أرشيفية"""
)
_CAPTION_CUE = re.compile(
    r"\b(?:is|are) (?:pictured|seen|shown)\b|\bpictured\b|\bin this (?:file |undated |handout )?(?:photo|image|picture)|\bfile photo\b"
    r"|\(left\)|\(right\)|\bPicture taken\b"
    r"|صورة (?:أرشيفية|من الأرشيف)|في (?:هذه الصورة|الصورة)|\((?:يمين|يسار|وسط)\)"
)
_WITNESS = re.compile(
    r"^\(?\W?(?:by|reporting by|additional reporting|written by|edited by|editing by|correction|clarification|بقلم|كتب|كتبت|إعداد|تصحيح)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern for a whole line, tried on lines that hold one of its words.

    On the folded line; `cased`: on the line as it stands, where case tells a name from a word.
    """

    kind: Kind
    words: frozenset[str]
    pattern: re.Pattern[str]
    cased: bool = False


def _rule(kind: Kind, words: str, pattern: str, cased: bool = False) -> _Rule:
    return _Rule(kind, _words(words), re.compile(pattern, re.DOTALL), cased)


_YEAR = r"(?:19|20)\d\d"
_CAPITALS = r"[A-ZÀ-Þ0-9][\w&'’.+-]*(?: (?:[A-ZÀ-Þ0-9(][\w&'’.+)-]*|of|the|and|&|for|de)){0,7}"
_OUTLETS = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|e-?mail|telegram|reddit|bluesky|messenger|pinterest|threads|instagram|youtube|tiktok"
    r"|google news|social media)"
)
_OUTLETS_AR = (
    r"(?:فيسبوك|فيس بوك|تويتر|اكس|انستغرام|انستجرام|واتساب|واتس اب|تلغرام|تيليغرام|تلجرام|يوتيوب|تيك توك|جوجل|غوغل|منصات|وسائل التواصل"
    r"|مواقع التواصل|سناب)"
)
_PAPER_AR = r"(?:صحيفه|جريده|موقع|قناه|شبكه|وكاله|مجله|مؤسسه|شركه|هيئه|اذاعه|راديو|بوابه|دار)"

_RULES = (
    # legal lines
    _rule(Kind.CHROME, "© copyright", r"(?:[Cc]opyright|COPYRIGHT)?\s*(?:©|&copy;|\([cC]\))\s*\S.{0,300}", cased=True),
    _rule(Kind.CHROME, "c", rf"\([cC]\)\s*(?:[Cc]opyright\s*)?{_YEAR}\b.{{0,200}}", cased=True),
    _rule(Kind.CHROME, "©", rf"[^.!?؟]{{1,60}}(?<=[\s|])©\s?(?:{_YEAR}|[A-ZÀ-Þ]).{{0,100}}", cased=True),
    _rule(
        Kind.CHROME,
        "copyright",
        rf"(?:Copyright|COPYRIGHT)\s+{_YEAR}(?:\s*[-–,]\s*{_YEAR})?,?\s+(?:by\s+)?{_CAPITALS}(?:[.,|–-].{{0,250}})?",
        cased=True,
    ),
    _rule(Kind.CHROME, "reserved", rf"(?:{_YEAR}|copyright\b|\(c\)|c\)).{{0,120}}\ball rights reserved.{{0,150}}"),
    _rule(Kind.CHROME, "reserved", r"all rights reserved[.|,©–-].{0,150}"),
    _rule(
        Kind.CHROME,
        "material article content story",
        r"this (?:material|article|content|story) may not be (?:published|reproduced|republished|broadcast|copied|redistributed).{0,200}",
    ),
    _rule(
        Kind.CHROME,
        "محفوظة",
        rf"(?:جميع |كل |كافه )?(?:ال)?حقوق(?: الطبع| النشر| والنشر| الملكيه| الفكريه){{0,4}} محفوظه(?: ?[©،,.|-].{{0,100}}|\s*\(?"
        rf"{_YEAR}.{{0,60}}| ل(?:{_PAPER_AR}| [a-z]).{{0,60}})?",
    ),
    _rule(Kind.CHROME, "حقوق", rf"حقوق (?:الطبع|النشر|الطبع والنشر|النشر والتوزيع) (?:©|{_YEAR}).{{0,100}}"),
    # wires, distribution, licences
    _rule(
        Kind.CLUTTER,
        "distributed provided supplied syndicated",
        rf"\W*(?:Distributed|Provided|Supplied|Syndicated) by (?:the )?{_CAPITALS}(?:, (?:LLC|Inc|Ltd)\.?)?(?:\([^()]{{1,40}}\))?\.?",
        cased=True,
    ),
    _rule(Kind.CLUTTER, "visit", r"(?:please )?visit (?:the |us )?.{0,80}\b(?:at |: ?)?(?:https?://|www\.)\S+"),
    _rule(
        Kind.CLUTTER,
        "see read hear learn more",
        r"(?:to (?:see|read|learn|hear) more|for more (?:information|details|news|stories|coverage|on|about))\b(?=.{0,150}(?:https?://"
        r"|www\.|\.(?:com|org|net)\b|\bhere\b|\bour (?:web ?site|site|page|app|coverage|newsletter)\b)).{0,60}\b(?:visit|go to|click"
        r"|follow|sign up|subscribe) .{0,150}",
    ),
    _rule(
        Kind.CLUTTER,
        "republished reprinted",
        r"this (?:article|story|piece) (?:is|was|has been) (?:republished|reprinted) (?:here )?(?:from|with|under|by permission).{0,250}",
    ),
    _rule(Kind.CLUTTER, "source sources المصدر", r"(?:[Ss]ources?|SOURCE|المصدر) ?: ?[^\s.]+(?: [^\s.]+){0,5}", cased=True),
    _rule(Kind.CLUTTER, "print", r"a version of this (?:article|story) appear(?:s|ed) in print.{0,200}"),
    _rule(
        Kind.CLUTTER,
        "follow read",
        r"(?:follow|read more of|find more) (?:the )?(?:\w+ )?(?:\w+'s|ap) (?:\w+ ){0,3}coverage .{0,150}https?://\S+",
    ),
    # translation notices
    _rule(
        Kind.CLUTTER,
        "translation",
        r"(?:powered|provided|generated) by (?:an? )?(?:automated|automatic|machine|ai|google|deepl) ?translat(?:ion|e).{0,60}",
    ),
    _rule(
        Kind.CLUTTER,
        "translated",
        rf"\W*Translated (?:from (?:the )?[A-Z]\w+(?: original)? )?(?:by|into [A-Z]\w+ by) {_NAME}(?: and {_NAME})?\W*",
        cased=True,
    ),
    _rule(
        Kind.CLUTTER,
        "translated",
        r"this (?:article|story|page|report|content) (?:was|has been|is) (?:originally written in \w+ and )?(?:(?:automatically"
        r"|machine)[- ]translated|translated (?:automatically|from \w+ (?:by|using|into|with)|using|by (?:ai|google|deepl|machine|an? "
        r"(?:machine|automat\w+)))).{0,150}",
    ),
    _rule(Kind.CLUTTER, "ترجمة ترجمها ترجمه", r"(?:ترجمه|ترجمها|نقلها الي العربيه|نقله الي العربيه) ?[:/] ?.{2,60}"),
    _rule(
        Kind.CLUTTER,
        "ترجمة مترجم مترجمة ترجم ترجمت",
        r"(?:هذه|هذا) (?:الماده|المقال|المقاله|النص|الصفحه|الخبر|التقرير) (?:مترجمه?|ترجمت?|ترجمه) (?:عن|من|اليا|الكترونيا"
        r"|بواسطه).{0,120}|ترجمت? (?:هذه الماده|هذا المقال|هذا الخبر|هذا التقرير)? ?(?:اليا|بواسطه|باستخدام).{0,100}",
    ),
    # adverts and players
    _rule(
        Kind.CLUTTER,
        "continues",
        r"(?:story|article) continues (?:below|after) (?:this |the )?(?:advertisement|advert|ad|video|promotion|newsletter sign-?up)",
    ),
    _rule(
        Kind.CHROME,
        "listen",
        r"(?:\d{1,3}[- ]min(?:ute)?s?[- ]listen|\d{1,2}:\d\d ?[·•|-]? ?listen|listen ?[·•|(-]? ?\d{1,3}(?::\d\d| min(?:ute)?s?)\)?"
        r"|listen to (?:this|the) (?:article|story|episode|audio|podcast)(?: .{0,30})?)",
    ),
    _rule(Kind.CHROME, "استمع", r"استمع (?:الي|ل) ?(?:هذا |هذه )?(?:المقال|الخبر|القصه|الماده|المقاله)"),
    _rule(Kind.LABEL, "up live now air", r"(?:next up|up next|live now|now playing|on air(?: now)?) ?: ?.{2,80}"),
    _rule(Kind.CHROME, "volume", r"volume \d{1,3}%?"),
    _rule(
        Kind.CHROME,
        "video browser javascript",
        r"(?:to view this video,? please enable javascript|this video (?:can ?not be played|is not available|is no longer available)"
        r"|your browser does(?: not|n't) support|please enable javascript|javascript (?:is|must be) (?:disabled|enabled)|please use "
        r"(?:the )?chrome browser).{0,200}",
    ),
    # sharing, following, counting
    _rule(
        Kind.CLUTTER,
        "share tweet post send",
        rf"(?:share|tweet|post|send)(?: (?:this|the))?(?: (?:article|story|page|post|video|link))?(?: (?:on|via|to|by|with|in) (?:(?:"
        rf"{_OUTLETS}|your friends|friends|a friend)(?:,? (?:and |or )?)?)+)?",
    ),
    _rule(
        Kind.CLUTTER,
        "share shares comments comment likes views retweets replies",
        r"(?:\d[\d.,]*[km]? ?(?:shares?|comments?|likes?|views?|retweets?|replies)|(?:shares?|comments?|likes?"
        r"|views?) ?[:(·]? ?\d[\d.,]*[km]?)",
    ),
    _rule(
        Kind.CLUTTER,
        "follow like find join",
        rf"(?:follow|like|find|join) (?:us|@\w+|[\w.' -]{{2,50}}?) on (?:{_OUTLETS}(?:,? (?:and |or |& )?)?)+(?: .{{0,60}})?",
    ),
    _rule(Kind.CLUTTER, "follow", r"follow (?:him |her |them )?@\w+"),
    _rule(
        Kind.CLUTTER,
        "شارك مشاركة انشر",
        rf"(?:شارك|شاركها|مشاركه|انشر) (?:(?:المقال|الخبر|هذا المقال|هذا الخبر) )?(?:علي|عبر|في) {_OUTLETS_AR}.{{0,30}}",
    ),
    _rule(Kind.CLUTTER, "تابعونا تابعنا", rf"تابعون?ا (?:الان )?(?:علي|عبر|من خلال) .{{0,40}}{_OUTLETS_AR}.{{0,60}}"),
    _rule(
        Kind.CLUTTER,
        "تعليق تعليقا تعليقات التعليقات مشاهدة مشاهدات المشاهدات مشاركة المشاركات القراءات",
        r"(?:\d+ (?:تعليقا?|تعليقات|مشاهده|مشاهدات|مشاركه|مشاركات|قراءه)|(?:عدد )?(?:التعليقات|المشاهدات|المشاركات|القراءات|تعليقات"
        r"|مشاهدات) ?[:(]? ?\d+)",
    ),
    _rule(
        Kind.CLUTTER,
        "comments comment conversation discussion reply",
        r"(?:leave|post|add|write|view|show|read|see|load|hide|join|start)(?: (?:a|all|the|your|our|more|\d+)){0,3} (?:comments?|reply"
        r"|conversation|discussion)(?: \(?\d+\)?| below| here)?",
    ),
    _rule(
        Kind.CLUTTER,
        "comments comment",
        r"(?:comments (?:have been|are|were) (?:closed|turned off|disabled)|be the first to comment|please (?:read|see) our (?:comment"
        r"|community) (?:policy|guidelines)|(?:log|sign) in to (?:leave a )?comment).{0,60}",
    ),
    # other stories
    _rule(
        Kind.CLUTTER,
        "read",
        r"(?:read (?:more|also|next|this next|the full (?:story|article|report))|also read|must read) ?[:>|»–-] ?\S.{0,200}",
    ),
    _rule(
        Kind.CLUTTER,
        "read",
        r"read (?:more|our (?:latest|full)) (?:(?:about|on|from|stories|news|articles|coverage)\b(?: [\w'.-]+){0,6}|(?:\w+ )?stories|here)",
    ),
    _rule(
        Kind.LATE,
        "related watch listen see more",
        r"(?:related(?: (?:story|stories|article|articles|coverage|news|content|reading|topics))?|watch(?: (?:now|live|more|next))?"
        r"|listen(?: (?:now|next))?|see also|more on this(?: story)?|more on|more from) ?[:>|»] ?[^.]\S.{0,160}",
    ),
    _rule(
        Kind.CLUTTER,
        "اقرأ إقرأ اقرؤوا اقرأوا طالع",
        r"(?:اقرا|اقرؤوا|اقراوا|طالع|اقرا/ي) (?:ايضا|المزيد|كذلك|اكثر|التالي) ?[:|»/….-]* ?.{2,200}",
    ),
    _rule(
        Kind.LATE,
        "شاهد صلة للمزيد متعلقة",
        r"(?:شاهد(?: ايضا)?|(?:اخبار |مقالات |مواضيع |موضوعات )?ذات صله|موضوعات متعلقه|للمزيد) ?[:|»] ?.{2,180}",
    ),
    _rule(
        Kind.LATE,
        "للمزيد لمزيد",
        r"(?:للمزيد|لمزيد) (?:من )?(?:الاخبار|التفاصيل|المعلومات)? ?(?:عن .{1,40} )?(?:اضغط|انقر|زوروا|تابع(?:وا)?|اقرا) .{0,80}",
    ),
    _rule(
        Kind.LATE,
        "tags topics filed tagged keywords categories",
        r"(?:tags|topics|filed under|tagged|keywords|categories|tagged with|filed in) ?[:|] ?.{2,200}",
    ),
    _rule(
        Kind.LATE,
        "الوسوم وسوم دلالية الدلالية مفتاحية المفتاحية الكلمات كلمات التصنيف تصنيفات",
        r"(?:ال)?(?:وسوم|كلمات (?:ال)?دلاليه|كلمات (?:ال)?مفتاحيه|تصنيفات|تصنيف) ?[:|] ?.{2,200}",
    ),
    _rule(
        Kind.TAIL_LIST,
        "more المزيد",
        r"(?:more (?:from|in|on|about|by) [\w'.&-]+(?: [\w'.&-]+){0,4}|المزيد (?:من|عن|في) \S+(?: \S+){0,3})",
    ),
    # newsletters, subscriptions, applications
    _rule(
        Kind.CLUTTER,
        "sign subscribe register",
        r"(?:please )?(?:sign up|subscribe|register)(?: (?:here|now|today|free|for free|below|below to))* (?:to|for|and|with|on|here"
        r"|via)\b(?=.{0,150}\b(?:newsletters?|e-?mails?|alerts|briefing|bulletin|inbox|podcast|youtube|whatsapp|our|unlimited"
        r"|updates)\b).{0,250}",
    ),
    _rule(
        Kind.CLUTTER,
        "get receive want",
        r"(?:want|get|receive) (?=.{0,150}\b(?:newsletters?|(?:in|to|into) your inbox|delivered to you|by e-?mail|our app|news app"
        r"|free app|your phone)\b)(?:the|our|all|more|your|unlimited|breaking|daily|a|local|top|weekly|free|these|this|stories|news"
        r"|updates|email|essential|international|politics)\b.{0,250}",
    ),
    _rule(Kind.CLUTTER, "email e-mail", r"(?:please )?enter (?:a valid|your) e-?mail.{0,80}"),
    _rule(
        Kind.CLUTTER,
        "by",
        r"by (?:signing|subscribing|registering|clicking|continuing|entering|submitting|using|providing|pressing)\b(?=.{0,150}\byou "
        r"(?:agree|accept|consent|confirm|acknowledge|are agreeing)(?: \w+){0,4} (?:our|the|these|this|that|terms|receive|cookies"
        r"|privacy)\b).{0,350}",
    ),
    _rule(Kind.CLUTTER, "recaptcha", r"this (?:site|form) is protected by recaptcha.{0,200}"),
    _rule(Kind.CLUTTER, "unsubscribe", r"you (?:can|may) (?:unsubscribe|opt out).{0,100}"),
    _rule(
        Kind.CLUTTER,
        "thanks thank",
        r"(?:thanks|thank you) for (?:signing up|subscribing|registering|reading our|reading [a-z ]{2,30}\.com).{0,100}",
    ),
    _rule(
        Kind.CLUTTER,
        "download get app",
        r"(?:download|get|install|try) (?:our|the) (?:[\w']+ ){0,4}app(?: (?:now|today|here|for|on|from|to)\b.{0,100})?",
    ),
    _rule(
        Kind.CLUTTER,
        "click tap",
        r"(?:click|tap) here (?:to|for) (?:get|read|sign|subscribe|see|view|watch|listen|download|join|more|the|follow|donate|learn"
        r"|support|our)\b.{0,150}",
    ),
    _rule(
        Kind.CLUTTER,
        "already subscriber subscribers member members account",
        r"(?:already|not yet|are you) (?:an? |have an )?(?:subscriber|member|subscribed|registered|account|registered user)\b.{0,80}",
    ),
    _rule(
        Kind.CLUTTER,
        "log sign",
        r"(?:please )?(?:log|sign) in (?:to|with|or|using) (?:your account|continue|comment|save|read|view|google|facebook|apple|register"
        r"|subscribe|create|join|manage|access|leave)\b.{0,100}",
    ),
    _rule(Kind.CLUTTER, "logged signed", r"you (?:must|need to) be (?:logged|signed) in.{0,80}"),
    _rule(
        Kind.CLUTTER,
        "continue",
        r"to continue reading(?: this (?:article|story))?,? (?:please )?(?:subscribe|register|sign|log|create).{0,150}",
    ),
    _rule(
        Kind.CLUTTER,
        "articles limit",
        r"you(?:'ve| have)? (?:reached|used|read|have) .{0,60}(?:free articles?|article limit|gift articles|articles remaining"
        r"|articles left).{0,150}",
    ),
    _rule(
        Kind.CLUTTER,
        "subscribers members",
        r"this (?:article|content|story) is (?:for|only available to|available to|exclusive to|exclusively for|reserved for) (?:our )?"
        r"(?:\w+ )?(?:subscribers|members)(?: only)?(?:[.,;].{0,80})?",
    ),
    _rule(
        Kind.CLUTTER,
        "اشترك اشتركوا اشتركي للاشتراك",
        r"(?:اشترك|اشتركوا|اشتركي|للاشتراك) (?:الان |معنا |مجانا )?(?:في|ب|عبر) ?(?:النشره (?:البريديه|الاخباريه|اليوميه|الاسبوعيه)"
        r"|نشرتنا|نشره .{1,30}(?:البريديه|الاخباريه)|قناتنا|قناه .{1,30}(?:واتساب|يوتيوب|تلغرام)|خدمه الاشعارات|خدمه الاخبار).{0,100}",
    ),
    _rule(
        Kind.CLUTTER,
        "انضم انضموا سجل سجلوا احصل احصلوا ليصلك",
        r"(?:انضم|انضموا|سجل|سجلوا|احصل|احصلوا|ليصلك) .{0,60}(?:قناتنا|نشرتنا|صفحتنا|مجموعتنا|بريدك|الي هاتفك).{0,100}",
    ),
    _rule(Kind.CLUTTER, "حمل حملوا", r"حمل(?:وا)? (?:الان )?(?:تطبيقنا.{0,60}|(?:ال)?تطبيق(?: \S+){0,3})"),
    _rule(Kind.CLUTTER, "لمتابعة", r"لمتابعه (?=.{0,60}(?:تطبيق|قناتنا|صفحتنا|اشترك|اضغط|واتساب|تلغرام)).{0,150}"),
    _rule(Kind.CLUTTER, "اضغط انقر", r"(?:اضغط|انقر) هنا.{0,80}"),
    # donations
    _rule(
        Kind.CLUTTER,
        "support fund protect help back",
        r"(?:please )?(?:support|fund|protect|help (?:us|fund|support|keep|power)|back) (?!for\b|of\b|among\b|from\b)(?=.{0,80}\b"
        r"(?:journalism|newsroom|public radio|public media|our reporting|local news|this station|your station|our work"
        r"|independent news)\b)(?=.{0,150}\b(?:now|today|you|your|our|us|we)\b).{0,250}",
    ),
    _rule(
        Kind.CLUTTER,
        "donate donating contribute contributing",
        r"(?:please )?(?:consider )?(?:donat(?:e|ing)|contribut(?:e|ing))(?: (?:now|today|here|monthly))? (?:to|and|so|if|by|from)\b"
        r"(?=.{0,120}\b(?:our|us|today|now|you|your|journalism|newsroom|we)\b).{0,200}",
    ),
    _rule(
        Kind.CLUTTER,
        "become join",
        r"(?:become|join as) an? (?:\w+ )?(?:member|supporter|subscriber|sustainer|sustaining member|patron|donor|sponsor)(?: (?:today"
        r"|now|and (?:help|support|get|enjoy|read)|to (?:support|help|get|read|keep)|for (?:just|only|as little))\b.{0,120})?",
    ),
    _rule(
        Kind.CLUTTER,
        "readers listeners members",
        r"(?:we|our (?:journalism|work|reporting|newsroom)|this (?:story|article|station|work)) (?:rely|relies|depends?|needs?|is|are|was"
        r"|were) .{0,80}(?:readers|listeners|members|viewers|supporters|people) like you.{0,150}",
    ),
    _rule(
        Kind.CLUTTER,
        "ادعم ادعموا تبرع تبرعوا",
        r"(?:ادعم(?:وا)?|تبرع(?:وا)?) .{0,40}(?:الصحافه المستقله|صحافه .{1,30}المستقله|صحافتنا|موقعنا|عملنا|استمرارنا).{0,80}",
    ),
    _rule(
        Kind.CLUTTER,
        "consider",
        r".{0,200}\bplease consider (?:making )?an? (?:\w+ )?(?:donation|contribution|gift|subscription)\b.{0,80}",
    ),
    _rule(
        Kind.CLUTTER,
        "enjoyed liked enjoying like",
        r"(?:did you )?(?:enjoy(?:ed|ing)?|liked?) (?:reading )?this (?:story|article|piece|post)\? (?:please )?(?:support|subscribe"
        r"|share|sign up|donate|consider|become|join|help).{0,150}",
    ),
    # cookies
    _rule(
        Kind.CHROME,
        "cookies cookie",
        r"(?:this (?:web ?site|site|page)|our (?:web ?site|site)|we(?: and our (?:\d+ )?(?:\w+ )?partners)?) (?:also )?(?:uses?|stores?"
        r"|places?) (?:\w+ ){0,4}cookies?\b.{0,350}",
    ),
    _rule(
        Kind.CHROME,
        "cookies cookie",
        r"(?:accept|reject|allow|manage|decline|customi[sz]e)(?: (?:all|only|essential|necessary|optional|your|our|additional"
        r"|non-essential)){0,3} cookies?(?: (?:settings|preferences))?",
    ),
    _rule(
        Kind.CHROME,
        "الارتباط كوكيز الكوكيز",
        r"(?:نحن )?(?:نستخدم|يستخدم (?:هذا )?(?:الموقع|موقعنا)|باستخدامك|باستمرارك).{0,60}(?:ملفات تعريف الارتباط|الكوكيز|كوكيز).{0,300}",
    ),
    # reading times, ages
    _rule(Kind.CLUTTER, "read reading", r"(?:\d{1,3}[- ]?min(?:ute)?s?[- ]read|(?:estimated )?read(?:ing)? time ?:? ?.{0,25})"),
    _rule(
        Kind.CLUTTER,
        "القراءة قراءة للقراءة",
        r"(?:(?:مده|وقت|زمن) القراءه ?:? ?.{0,25}|(?:\d+ (?:دقيقه|دقائق)|دقيقه واحده|دقيقتان|دقيقتين) (?:ل?ل?قراءه)|قراءه (?:\d+ )?"
        r"(?:دقيقه|دقائق|دقيقتين))",
    ),
    _rule(
        Kind.CLUTTER,
        "ago",
        r"(?:(?:published|updated|posted|last updated|last modified) ?:? (?:an?|one|\d{1,3})|\d{1,3}) ?(?:second|sec|minute|min|hour|hr"
        r"|day|week|month|year|[hmd])s? ago",
    ),
    _rule(Kind.CLUTTER, "منذ", r"منذ (?:\d{1,3} (?:ساعه|ساعات|دقيقه|دقائق|يوما?|ايام|اسابيع|شهرا?|اشهر)|ساعتين|دقيقتين)"),
    _rule(Kind.CLUTTER, "old", r"this article is more than (?:\d+|one|two|three|a) (?:years?|months?) old"),
    _rule(Kind.CLUTTER, "of", r"list (?:\d{1,2} )?of \d{1,2}(?: items)?"),
    # captions with their label before them
    _rule(
        Kind.CLUTTER,
        "image media",
        r"(?:Image (?:caption|source|credit)|Media caption|Figure caption)[,:،] ?\S.{0,350}|Image (?:caption|copyright"
        r"|source) [A-Z].{0,300}",
        cased=True,
    ),
    _rule(
        Kind.CLUTTER,
        "الصورة",
        r"(?:صدر الصوره|مصدر الصوره|التعليق علي الصوره|تعليق علي الصوره|تعليق الصوره|شرح الصوره) ?[:،,] ?.{1,300}",
    ),
)
_RULES_BY_WORD: dict[str, list[_Rule]] = {}
for _each in _RULES:
    for _trigger in _each.words:
        _RULES_BY_WORD.setdefault(_trigger, []).append(_each)


def kind_of(line: str) -> Kind:
    """What a line is on its own, whatever its company makes of it; `line` has no white space at its ends."""
    return Kind.PROSE if len(line) > LONGEST_CLUTTER else _kind_of_short(line)


@lru_cache(maxsize=4096)  # pages repeat their clutter; no figure behind the size
def _kind_of_short(line: str) -> Kind:
    key = _key(line)
    kind = _KIND_OF.get(key)
    if kind is not None:
        return kind
    ends_sentence = _ends_sentence(line)
    story = Kind.PROSE if len(line) > LONGEST_HEADLINE or (ends_sentence and len(line) >= SHORTEST_PROSE) else Kind.STORY
    words = _words_of(key)
    if len(key) <= 24 and (times := _TIMES.fullmatch(key)):
        return Kind.CHROME if times["pair"] else Kind.LABEL
    if _URL.fullmatch(line) or (line.startswith("![") and _LINK.fullmatch(line)):
        return Kind.CLUTTER
    if not _REPORTED_SPEECH.isdisjoint(words):
        return story
    for word in filter(_RULES_BY_WORD.__contains__, words):
        for rule in _RULES_BY_WORD[word]:
            if rule.pattern.fullmatch(line if rule.cased else key):
                return rule.kind
    return _picture_kind(line, words) or _menu_kind(line) or story


def _ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line, max(0, len(line) - 4)) is not None


def _picture_kind(line: str, words: list[str]) -> Kind | None:
    if "/" not in line and _PICTURE_WORDS.isdisjoint(words):
        return None
    line = line.strip("*_ ")
    if len(line) <= 120 and _CREDIT_LINE.fullmatch(line):
        return Kind.CREDIT
    found = _BRACKETED_CREDIT.search(line) or _BARE_CREDIT.search(line)
    if found is None:
        return None
    return Kind.CREDIT if found.start() == 0 else Kind.CLUTTER


def _menu_kind(line: str) -> Kind | None:
    """A menu, breadcrumbs or share bar on one line: three or more items with separators, most of them known."""
    if len(line) > 200 or not _HOLDS_SEPARATOR.search(line):
        return None
    items = [item for item in map(_key, _ITEM_SEPARATOR.split(line)) if item]
    known = sum(item in _KIND_OF for item in items)
    if (len(items) >= 3 and 2 * known >= len(items)) or (len(items) == 2 and known == 2):
        return Kind.CLUTTER if any(item in _SHARING for item in items) else Kind.CHROME
    return None


# ------------------------------------------------------------------------------------------------- what a line is in its company


class _Page:
    """The lines of a text: where each stands, what it is, whether it is marked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("q")
        self.ends = array("q")
        self.kinds = bytearray()
        self.after_gap = bytearray()  # 1 where a blank line stands before the line
        self.notable: list[int] = []  # the lines that are neither STORY nor PROSE
        self._read()
        self.marked = bytearray(len(self.kinds))
        self.first_prose = self.kinds.find(Kind.PROSE)
        self.last_prose = self.kinds.rfind(Kind.PROSE)

    def _read(self) -> None:
        at = 0
        for found in _LINE.finditer(self.text):
            line = found.group().rstrip()
            start = found.start()
            kind = kind_of(line)
            if kind > Kind.PROSE:
                self.notable.append(len(self.kinds))
            self.after_gap.append(start - at > 1 and _holds_blank_line(self.text[at:start]))
            self.starts.append(start)
            self.ends.append(start + len(line))
            self.kinds.append(kind)
            at = found.end()

    def line(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    def mark(self) -> None:
        self._mark_front_matter()
        for index in self.notable:
            self.marked[index] = self._stands_alone(index)
        for index in self.notable:
            if self.kinds[index] == Kind.CREDIT:
                self._mark_caption(index)
        self._mark_repeated_captions()
        for index in self.notable:
            if self.marked[index] and self.kinds[index] in (Kind.LIST, Kind.TAIL_LIST):
                self._mark_list(index)
        self._mark_labels()
        self._mark_frame()

    def story(self) -> tuple[Span, ...]:
        spans: list[Span] = []
        index = 0
        while (index := self.marked.find(0, index)) >= 0:
            after = self.marked.find(1, index)
            last = (after if after >= 0 else len(self.marked)) - 1
            spans.append(Span(self.starts[index], self.ends[last]))
            index = last + 1
        return tuple(spans)

    def _in_tail(self, index: int) -> bool:
        return 0 <= self.last_prose < index

    def _in_head(self, index: int) -> bool:
        return index < self.first_prose

    def _stands_alone(self, index: int) -> bool:
        match self.kinds[index]:
            case Kind.CLUTTER | Kind.CHROME | Kind.CREDIT | Kind.LIST:
                return True
            case Kind.LATE:
                return 0 <= self.first_prose < index
            case Kind.TAIL | Kind.TAIL_LIST:
                return self._in_tail(index)
            case _:
                return False

    def _mark_front_matter(self) -> None:
        """The `key: value` lines between two `---` at the very start of a Markdown file."""
        if not self.kinds or self.line(0) != "---":
            return
        for index in range(1, len(self.kinds)):
            line = self.line(index)
            if line in ("---", "..."):
                self.marked[: index + 1] = b"\1" * (index + 1)
                return
            if self.ends[index] > LONGEST_FRONT_MATTER or not _FRONT_MATTER_LINE.match(line):
                return

    def _mark_caption(self, credit: int) -> None:
        """The caption that a credit on a line of its own belongs to.

        It is the other line of a block of two, or of three where it is repeated around the credit. A block that opens the page may
        hold its headline, a line apart from the credit may be a paragraph: those need a caption's own words.
        """
        first, last = self._block(credit)
        for index in (credit - 1, credit + 1):
            if (
                not 0 <= index < len(self.kinds)
                or self.kinds[index] > Kind.PROSE
                or self.ends[index] - self.starts[index] > LONGEST_CLUTTER
            ):
                continue
            alone = first <= index <= last and last - first == 1 and (first > 0 or _ends_sentence(self.line(index)))
            if (alone and len(self.kinds) > 2) or (index < credit and _CAPTION_CUE.search(self.line(index))):
                self.marked[index] = 1

    def _mark_repeated_captions(self) -> None:
        """A line that stands both before and after a short line, as image descriptions do around their credit."""
        for index in range(1, len(self.kinds) - 1):
            length = self.ends[index - 1] - self.starts[index - 1]
            if (
                15 <= length <= LONGEST_CLUTTER
                and length == self.ends[index + 1] - self.starts[index + 1]
                and self.ends[index] - self.starts[index] <= 80
                and not self.after_gap[index]
                and not self.after_gap[index + 1]
                and self.line(index - 1) == self.line(index + 1)
                and not _ends_sentence(self.line(index))
            ):
                self.marked[index - 1 : index + 2] = b"\1\1\1"

    def _mark_list(self, heading: int) -> None:
        """The headlines under a heading: those of its own block, or all to the end of the page.

        Where story follows without a gap, the last line before it may be a subheading, and is kept.
        """
        stop = heading + 1
        while stop < len(self.kinds) and stop - heading <= LONGEST_LIST and self._may_be_listed(stop):
            stop += 1
        if stop - heading > LONGEST_LIST:
            return
        if not self._in_tail(heading):
            _, last = self._block(heading)
            if last < stop:
                stop = last + 1
            else:
                stop -= 1
        for index in range(heading + 1, stop):
            self.marked[index] = 1

    def _may_be_listed(self, index: int) -> bool:
        line = self.line(index)
        return self.marked[index] == 1 or (
            self.kinds[index] != Kind.PROSE and not line.rstrip("'\"’”»)]").endswith((".", "…")) and not _WITNESS.match(line)
        )

    def _mark_labels(self) -> None:
        labels = [index for index in self.notable if self.kinds[index] in (Kind.LABEL, Kind.TAIL)]
        for first, last in _runs(labels):
            beside = (first > 0 and self.marked[first - 1]) or (last + 1 < len(self.kinds) and self.marked[last + 1])
            if last - first >= 2 or (beside and (self._in_head(last) or self._in_tail(first))):
                self.marked[first : last + 1] = b"\1" * (last + 1 - first)

    def _mark_frame(self) -> None:
        """Lines between the site's own lines, in a block of the page's head or tail: its motto, the caption of its stock picture.

        In the head, another block with something of a headline's length must follow: a page without blank lines is one block.
        """
        chrome = [index for index in self.notable if self.kinds[index] == Kind.CHROME and self.marked[index]]
        for before, after in pairwise(chrome):
            if not 1 < after - before <= 3:
                continue
            first, last = self._block(before)
            if after > last or not (self._in_tail(before) or (self._in_head(last) and self._headline_follows(last))):
                continue
            between = range(before + 1, after)
            frame = sum(self.kinds[index] == Kind.CHROME for index in range(first, last + 1))
            if frame >= 3 and all(self.kinds[index] != Kind.PROSE and not _ends_sentence(self.line(index)) for index in between):
                for index in between:
                    self.marked[index] = 1

    def _headline_follows(self, index: int) -> bool:
        return any(not self.marked[later] and len(self.line(later).split()) >= 4 for later in range(index + 1, self.first_prose))

    def _block(self, index: int) -> tuple[int, int]:
        """The first and last line of the run of lines around `index` that no blank line breaks, looking no further than a list is long."""
        first = last = index
        while first > 0 and not self.after_gap[first] and index - first < LONGEST_LIST:
            first -= 1
        while last + 1 < len(self.kinds) and not self.after_gap[last + 1] and last - index < LONGEST_LIST:
            last += 1
        return first, last


_FRONT_MATTER_LINE = re.compile(r"[\w-]+ ?:|- \S|#")


def _holds_blank_line(gap: str) -> bool:
    """Whether white space between two lines holds a line of its own; of a very long gap its ends are looked at."""
    if len(gap) > 200:
        gap = gap[:100] + gap[-100:]
    return len((gap + "|").splitlines()) > 2


def _runs(indices: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    first = None
    for at, index in enumerate(indices):
        if first is None:
            first = index
        if at + 1 == len(indices) or indices[at + 1] != index + 1:
            yield first, index
            first = None
