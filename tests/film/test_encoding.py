"""Text in the bytes of any time and place."""

from __future__ import annotations

import random

import pytest

from rewatch.film.encoding import decode_text

TEXTS = {
    "French": ("cp1252", "Où est-elle passée ?\nJe ne sais pas, elle était là hier soir.\nÇa va être difficile."),
    "German": (
        "cp1252",
        "Können Sie mir helfen?\nIch weiß nicht, wo die Schlüssel sind.\nSchöne Grüße an alle.",
    ),
    "Spanish": ("cp1252", "¿Dónde está el niño?\nNo lo sé, señor. ¡Búscalo mañana!"),
    "Portuguese": ("cp1252", "Não sei o que aconteceu com as canções.\nAs informações não estão aqui, você sabe."),
    "Swedish": ("cp1252", "Var är han nu?\nJag vet inte, men han kommer i kväll.\nDet går bra för oss på ön."),
    "Danish": ("cp1252", "Hvor er han nu?\nJeg ved det ikke, måske i København.\nDet er en ærlig sag for de små børn."),
    "English": ("cp1252", "I don’t know… “Really?” – Café’s closed."),
    "Polish": ("cp1250", "Gdzie jest mój brat?\nNie wiem, może wyszedł z domu.\nProszę się uspokoić. Źle śpię."),
    "Czech": ("cp1250", "Kde je můj bratr?\nNevím, možná odešel z domu.\nProsím, uklidněte se. Řekněte, že přijdu."),
    "Croatian": ("cp1250", "Gdje je moj brat? Ne znam, možda je otišao kući.\nŽao mi je, ništa više neću reći. Čekaj!"),
    "Hungarian": ("cp1250", "Hol van az öcsém?\nNem tudom, talán elment.\nŐ tűnt el először, győzött az idő."),
    "Romanian": ("cp1250", "Unde este fratele meu?\nNu ştiu, poate că a plecat de acasă. Îmi pare rău, în viaţă."),
    "Russian": ("cp1251", "Где мой брат?\nНе знаю, может быть, он ушёл из дома.\nПожалуйста, успокойтесь."),
    "Russian of Unix": ("koi8_r", "Где мой брат?\nНе знаю, может быть, он ушёл из дома.\nПожалуйста, успокойтесь."),
    "Ukrainian": (
        "cp1251",
        "Де мій брат?\nНе знаю, може, він пішов з дому.\nБудь ласка, заспокойтеся.",
    ),
    "Bulgarian": ("cp1251", "Къде е брат ми?\nНе знам, може би е излязъл от дома.\nМоля, успокойте се."),
    "Greek": ("cp1253", "Πού είναι ο αδελφός μου;\nΔεν ξέρω, ίσως έφυγε από το σπίτι.\nΠαρακαλώ, ηρεμήστε."),
    "Turkish": ("cp1254", "Kardeşim nerede?\nBilmiyorum, belki evden çıkmıştır.\nLütfen sakin olun, değil mi?"),
    "Hebrew": ("cp1255", "איפה אח שלי?\nאני לא יודע, אולי הוא יצא מהבית.\nבבקשה תירגע, הכל יהיה בסדר."),
    "Arabic": ("cp1256", "أين أخي؟\nلا أعرف، ربما خرج من البيت.\nمن فضلك اهدأ، كل شيء سيكون على ما يرام."),
    "Japanese": (
        "cp932",
        "弟はどこですか？\n知りません。家を出たのかもしれません。\n落ち着いてください。",
    ),
    "Chinese": ("gb18030", "我的弟弟在哪里？\n我不知道，他可能已经离开家了。\n请你冷静下来，一切都会好的。"),
    "Taiwanese": ("big5", "我的弟弟在哪裡？\n我不知道，他可能已經離開家了。\n請你冷靜下來，一切都會好的。"),
    "Korean": ("cp949", "제 동생은 어디에 있나요?\n모르겠어요, 집을 나갔을지도 몰라요.\n진정하세요, 다 괜찮을 거예요."),
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_code_page_is_told_by_the_writing(language):
    codec, text = TEXTS[language]
    numbered = "".join(
        f"{n}\r\n00:00:0{n},000 --> 00:00:0{n},900\r\n{line}\r\n\r\n" for n, line in enumerate(text.split("\n"))
    )
    assert decode_text(numbered.encode(codec)) == numbered.replace("\r\n", "\n")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_proves_itself(codec):
    text = "1\n00:00:01,000 --> 00:00:02,000\nÇa va ? Привет!\n"
    assert decode_text(text.encode(codec)) == text


def test_a_broken_byte_in_utf8_stays_to_be_seen():
    data = bytearray(("é" * 200).encode())
    data[101] = 0xFF
    text = decode_text(bytes(data))
    assert text.count("�") <= 3
    assert text.count("é") >= 197


def test_what_cannot_be_told_is_no_guess():
    assert decode_text(random.Random(1).randbytes(3000)) is None
    noise = random.Random(2)
    assert decode_text(bytes(noise.randrange(128, 256) for _ in range(600))) is None


def test_the_named_language_decides_between_pages_alike():
    text = "Erdős és Jenő"
    assert decode_text(text.encode("cp1250"), "hu") == text
