"""Who lives on the demo hub, and what they have uploaded: texts, ages, tunes."""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "demo.example.org"
"""Nobody's, for ever (RFC 2606): what is sent there arrives nowhere."""

PASSWORD = "look around"  # nosec B105 - everybody may know it
"""Of every member of the demo, printed at the end."""


@dataclass(frozen=True)
class DemoMember:
    """Somebody on the demo hub, and how many days ago they came."""

    name: str
    display_name: str
    days: int
    channel: str

    @property
    def email(self) -> str:
        return f"{self.name}@{DOMAIN}"


@dataclass(frozen=True)
class DemoVideo:
    """A video of the demo: `picture` is one of `PICTURES`, `days` how long it is there."""

    picture: str
    owner: str
    days: float
    title: str
    description: str
    tags: tuple[str, ...]
    tune: str = ""


SLOW = "a3 c4 e4 a4 g3 b3 d4 g4 f3 a3 c4 f4 e3 g#3 b3 e4"
BRIGHT = "c4 e4 g4 c5 a3 c4 e4 a4 f3 a3 c4 f4 g3 b3 d4 g4"
NIGHT = "d4 a3 f4 d4 c4 g3 e4 c4 a#3 f3 d4 a#3 a3 e3 c#4 a3"
STEPS = "g3 a3 b3 d4 e4 d4 b3 a3"
CALM = "e4 b3 g4 e4 d4 a3 f#4 d4"

MEMBERS = (
    DemoMember(
        *("anna.elkina", "Анна Ёлкина", 71),
        "Море, закаты и немного узлов. Снимаю с пирса, когда ветер позволяет.",
    ),
    DemoMember(
        *("boris.lavrov", "Борис Лавров", 68),
        "Преподаю физику в школе. Волны, маятники и всё остальное, что качается.\n"
        "Опыты повторяйте дома: понадобятся только вода и терпение.",
    ),
    DemoMember(
        *("vera.smirnova", "Вера Смирнова", 64),
        "Математика, которую видно: фракталы, узоры, симметрия.",
    ),
    DemoMember(
        *("gleb.orlov", "Глеб Орлов", 60),
        "Пешие маршруты и длинные тени. Новое видео — после каждого похода.",
    ),
    DemoMember(
        *("daria.kim", "Дарья Ким", 57),
        "Музыка и то, как она выглядит. Пишу короткие пьесы для синтезатора.",
    ),
    DemoMember(
        *("egor.tikhonov", "Егор Тихонов", 55),
        "Астрономия для тех, кто смотрит вверх по дороге домой.",
    ),
    DemoMember(
        *("polina.zhukova", "Полина Жукова", 49),
        "Учу программировать на клеточных автоматах. Правила простые, узоры — нет.",
    ),
    DemoMember(
        *("alice.carter", "Alice Carter", 66),
        "Generative art, one formula at a time. Nothing here was drawn by hand.",
    ),
    DemoMember(
        *("ben.hughes", "Ben Hughes", 52),
        "Small rules, big patterns.",
    ),
    DemoMember(
        *("chloe.martin", "Chloe Martin", 45),
        "Slow colours for short breaks. Look, breathe, go on.",
    ),
    DemoMember(
        *("daniel.reed", "Daniel Reed", 41),
        "Sound you can see: oscilloscopes, tuning forks, beats.",
    ),
    DemoMember(
        *("emma.wright", "Emma Wright", 38),
        "I teach science at a secondary school. These are the clips I start a lesson with.",
    ),
)

VIDEOS = (
    DemoVideo(
        *("sunset", "anna.elkina", 0.3),
        "Закат над морем",
        "Десять секунд тишины перед тем, как солнце коснётся воды.\n\n"
        "0:00 горизонт\n0:04 дорожка на волнах\n0:08 рябь у берега\n\n"
        "Почему солнце у горизонта красное: https://ru.wikipedia.org/wiki/Закат",
        ("море", "закат", "природа"),
        SLOW,
    ),
    DemoVideo(
        *("hills", "gleb.orlov", 1.6),
        "Холмы на рассвете: четыре гряды",
        "Дальние гряды светлее и плывут медленнее ближних — так глаз понимает расстояние.\n"
        "Обратите внимание на 0:05, где ближний холм догоняет дальний.\n\n"
        "Про воздушную перспективу: https://ru.wikipedia.org/wiki/Воздушная_перспектива",
        ("природа", "поход", "рассвет"),
        CALM,
    ),
    DemoVideo(
        *("aurora", "emma.wright", 2.4),
        "Northern lights in three sines",
        "How little it takes: three sine waves fold a curtain of light, a fourth lets it"
        " flicker.\n\n0:00 the folds\n0:04 the brightest ray\n0:08 what is left\n\n"
        "What makes the real ones: https://en.wikipedia.org/wiki/Aurora",
        ("science", "aurora", "night"),
        NIGHT,
    ),
    DemoVideo(
        *("moon", "egor.tikhonov", 3.9),
        "Фазы Луны за двенадцать секунд",
        "Весь лунный месяц, как его видно из Северного полушария.\n\n"
        "0:02 первая четверть: освещена правая половина\n0:05 полнолуние\n"
        "0:08 последняя четверть: освещена левая\n0:11 новолуние\n\n"
        "Подробнее: https://ru.wikipedia.org/wiki/Фазы_Луны",
        ("астрономия", "луна", "школа"),
        NIGHT,
    ),
    DemoVideo(
        *("lava", "alice.carter", 5.2),
        "Lava lamp for your phone",
        "Upright, so turn nothing. Five drops, one formula: each is 1/r², and where the sum"
        " is large enough, there is lava.\n\n0:03 two drops meet\n0:07 and part again",
        ("generative art", "portrait", "relax"),
        CALM,
    ),
    DemoVideo(
        *("rings", "boris.lavrov", 6.8),
        "Два камня в пруду: интерференция",
        "Там, где гребень встречает гребень, волна вдвое выше; где гребень встречает впадину,"
        " вода почти неподвижна.\n\n0:02 найдите спокойные полосы между центрами\n"
        "0:06 они остаются на месте, хотя волны бегут\n\n"
        "https://ru.wikipedia.org/wiki/Интерференция_волн",
        ("физика", "волны", "школа"),
        STEPS,
    ),
    DemoVideo(
        *("chords", "daria.kim", 8.1),
        "Четыре аккорда, которые видно",
        "Ля минор, фа мажор, до мажор, соль мажор — и снова. Каждый язычок пламени — одна"
        " нота, рядом с ней её обертоны.\n\n0:00 Am\n0:02 F\n0:03 C\n0:05 G",
        ("музыка", "аккорды", "спектр"),
    ),
    DemoVideo(
        *("seahorses", "vera.smirnova", 10.5),
        "Спуск в Долину морских коньков",
        "Множество Мандельброта: увеличиваем край в четыреста раз, а подробностей меньше не"
        " становится.\n\n0:00 почти всё множество\n0:06 долина между двумя кругами\n"
        "0:10 хвосты морских коньков\n\n"
        "https://ru.wikipedia.org/wiki/Множество_Мандельброта",
        ("математика", "фракталы", "мандельброт"),
        SLOW,
    ),
    DemoVideo(
        *("life", "polina.zhukova", 12.2),
        "Игра «Жизнь»: от хаоса к узорам",
        "Два правила Конвея и случайное начало. Через десять секунд остаются те, кто умеет"
        " стоять на месте или ходить по кругу.\n\n0:00 шум\n0:04 первые островки\n"
        "0:09 блоки, мигалки и ульи\n\n"
        "Что это такое: https://ru.wikipedia.org/wiki/Клеточный_автомат",
        ("программирование", "клеточные автоматы", "жизнь"),
        STEPS,
    ),
    DemoVideo(
        *("fifth", "daniel.reed", 14.7),
        "What a fifth looks like",
        "220 Hz to the left, 330 Hz to the right: three swings against two. The figure turns"
        " because I mistuned one of them by a hair.\n\n0:00 wide open\n"
        "0:05 nearly folded\n\nhttps://en.wikipedia.org/wiki/Lissajous_curve",
        ("music", "sound", "lissajous"),
    ),
    DemoVideo(
        *("rule90", "ben.hughes", 17.3),
        "Rule 90 draws a triangle it has never seen",
        "Each cell asks its two neighbours: are you different? That is all, and out comes the"
        " Sierpiński triangle.\n\n0:00 one cell\n0:05 it meets the edge\n0:07 and itself\n\n"
        "https://en.wikipedia.org/wiki/Rule_90",
        ("cellular automata", "maths", "patterns"),
        BRIGHT,
    ),
    DemoVideo(
        *("gradient", "chloe.martin", 19.9),
        "Breathe: twelve seconds of colour",
        "In while it warms, out while it cools. Put it on full screen and repeat as needed.",
        ("relax", "colour", "break"),
        CALM,
    ),
    DemoVideo(
        *("kaleidoscope", "alice.carter", 23.5),
        "Kaleidoscope No. 3",
        "One corner is computed, mirrors do the rest.\n\n0:03 a flower\n0:06 a window\n\n"
        "Square on purpose: it looks the same from every side.",
        ("generative art", "symmetry", "patterns"),
        BRIGHT,
    ),
    DemoVideo(
        *("waves", "boris.lavrov", 27.0),
        "Как складываются волны",
        "Две волны: одна бежит вправо, другая вниз. Светлое — гребни, тёмное — впадины.\n\n"
        "0:03 гребни встретились\n0:06 и разошлись\n\nЗадание: посчитайте период по видео.",
        ("физика", "волны", "море"),
        STEPS,
    ),
    DemoVideo(
        *("rule30", "polina.zhukova", 30.6),
        "Правило 30: порядок слева, хаос справа",
        "Одна живая клетка, одно правило. Левый край повторяется, а середина настолько"
        " случайна, что по ней делали генератор случайных чисел.\n\n0:01 растёт\n"
        "0:04 дошло до края\n\nhttps://ru.wikipedia.org/wiki/Правило_30",
        ("программирование", "клеточные автоматы", "случайность"),
        STEPS,
    ),
    DemoVideo(
        *("island", "alice.carter", 34.4),
        "A tiny copy of the whole",
        "Two hundred times closer to the antenna of the Mandelbrot set sits a small one of"
        " the same shape, and around it smaller ones still.\n\n0:03 there it is\n"
        "0:09 at its shore\n\nhttps://en.wikipedia.org/wiki/Mandelbrot_set",
        ("generative art", "fractals", "maths"),
        SLOW,
    ),
    DemoVideo(
        *("carpet", "vera.smirnova", 37.8),
        "Прогулка по ковру Серпинского",
        "Возьмите квадрат, выньте середину, повторите с каждым из восьми остатков. Площадь"
        " ковра равна нулю, а гулять по нему можно бесконечно.\n\n"
        "https://ru.wikipedia.org/wiki/Ковёр_Серпинского",
        ("математика", "фракталы", "узоры"),
        BRIGHT,
    ),
    DemoVideo(
        *("snow", "daria.kim", 41.1),
        "Первый снег",
        "Маленькая пьеса для синтезатора и трёх слоёв снега: ближний падает быстрее.\n\n"
        "0:00 тема\n0:06 она же, ещё раз",
        ("музыка", "зима", "снег"),
        NIGHT,
    ),
)
