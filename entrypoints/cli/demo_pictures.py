"""What the demo's clips show: filter graphs for ffmpeg, made of a few formulas.

A field is drawn small and grey, enlarged, and only then coloured, so that it is quick and
its colours meet in sharp lines. What does not change is drawn once and moved.
"""

from __future__ import annotations

from dataclasses import dataclass

RATE = 20


@dataclass(frozen=True)
class Picture:
    """A graph whose last filter gives the pictures; with `sounds`, its `out1` the sound."""

    graph: str
    seconds: int
    sounds: bool = False


def field(width: int, height: int, formula: str) -> str:
    """Return a grey picture that is computed anew for each frame."""
    return f"nullsrc=s={width}x{height}:r={RATE},format=gray,geq=lum='{formula}'"


def still(width: int, height: int, formula: str, *, then: str = "") -> str:
    """Return a grey picture that is computed once, and what is `then` done to it."""
    frame = f"nullsrc=s={width}x{height}:r={RATE}:d={1 / RATE},format=gray"
    return f"{frame},geq=lum='{formula}'{then},loop=-1:1:0"


def without_beginning(seconds: float) -> str:
    return f",trim=start={seconds},setpts=PTS-STARTPTS"


def enlarged(width: int, height: int, how: str = "bicubic") -> str:
    return f",scale={width}:{height}:flags={how}"


def coloured(*colours: str, at: tuple[float, ...] = ()) -> str:
    """Return what turns grey into colours, dark to light, even steps apart unless said."""
    stops = at or tuple(255 * step / (len(colours) - 1) for step in range(len(colours)))
    parts = []
    for name, place in (("r", 1), ("g", 3), ("b", 5)):
        values = [int(colour[place : place + 2], 16) for colour in colours]
        parts.append(f"{name}='{_steps(values, stops)}'")
    return f",format=gbrp,lutrgb={':'.join(parts)}"


def _steps(values: list[int], stops: tuple[float, ...]) -> str:
    formula = str(values[-1])
    for step in reversed(range(len(values) - 1)):
        slope = (values[step + 1] - values[step]) / (stops[step + 1] - stops[step])
        line = f"{values[step]}+(val-{stops[step]:.2f})*{slope:.4f}"
        formula = f"if(lt(val,{stops[step + 1]:.2f}),{line},{formula})"
    return formula


def blended(mode: str, *layers: str) -> str:
    """Return the layers over each other."""
    named = [f"{layer}[layer{number}];" for number, layer in enumerate(layers)]
    over, last = [], "layer0"
    for number in range(1, len(layers)):
        over.append(f"[{last}][layer{number}]blend=all_mode={mode}[over{number}];")
        last = f"over{number}"
    return "".join((*named, *over, f"[{last}]null"))


def _hills() -> Picture:
    def ridge(y: int, high: int, waves: int, grey: int, speed: float) -> str:
        # Periodic in the width, so that it can go round without a seam.
        line = f"{y}-{high}*sin(2*PI*X/640+{waves})-{high / 3:.1f}*sin(8*PI*X/640+{2 * waves})"
        return f"{still(640, 360, f'if(gt(Y,{line}),{grey},255)')},scroll=h={speed}"

    away = "hypot(X-450,Y-120)"
    sun = f"70*exp(-pow(max({away}-26,0)/3,2))+40*exp(-{away}/90)"
    layers = blended(
        "darken",
        still(640, 360, f"clip(205-Y/4+{sun},0,255)"),
        ridge(190, 20, 6, 132, 0.0005),
        ridge(232, 22, 4, 98, 0.0012),
        ridge(276, 20, 2, 60, 0.0022),
        ridge(318, 15, 1, 20, 0.004),
    )
    colours = coloured("#1b1035", "#4a1c5e", "#a83268", "#f26b4e", "#ffb55a", "#fff1c9")
    return Picture(f"{layers},gblur=sigma=0.7{enlarged(854, 480)}{colours}", 12)


def _moon() -> Picture:
    # The light goes round; it comes from the right before full moon, as in the north.
    turn, away = "(2.5-T*0.52)", "hypot(X-60,Y-60)/59"
    front = f"(X-60)/59*sin({turn})+sqrt(max(1-pow({away},2),0))*cos({turn})"
    light = field(120, 120, f"255*pow(clip({front},0,1),0.55)") + enlarged(300, 300)
    disc = "clip(149.5-hypot(X-150,Y-150),0,1)"
    seas = "46*pow(sin(X/37+2*sin(Y/45))*sin(Y/41+2*sin(X/61)),2)"
    craters = "14*sin(X/9+3*sin(Y/17))*sin(Y/11-2*sin(X/13))"
    stars = still(854, 480, "255*lt(random(7),0.0009)", then=",gblur=sigma=0.9,lutyuv=y=val*2")
    parts = (
        f"{still(854, 480, '14')}[dark];{stars}[stars];",
        f"{light}[light];{still(300, 300, f'{disc}*(205-{seas}-{craters})')}[face];",
        f"{still(300, 300, f'255*{disc}')}[disc];[dark][stars]blend=all_mode=screen[sky];",
        "[light][face]blend=all_expr='26*gt(B,0)+A*B/255*0.9'[moon];",
        "[moon][disc]alphamerge[round];[sky][round]overlay=277:90:format=yuv420,format=gray",
    )
    colours = coloured("#03040f", "#1a2340", "#4a5173", "#9c9aa8", "#e6dfc8", "#fffbe8")
    return Picture("".join(parts) + colours, 12)


def _sunset() -> Picture:
    away = "hypot(X-213,Y-105)"
    sun = f"90*clip(34.5-{away},0,1)+70*exp(-max({away}-34,0)/26)"
    sky = still(426, 140, f"clip(70+Y*0.75+{sun},0,255)") + enlarged(854, 280)
    swell = "28*sin(36*log(Y+6)+T*2.2+2*sin(X/16))*sin(X/(4+Y/5)+T)"
    path = "exp(-pow((X-80)/(7+Y*0.42),2))*(0.5+0.5*sin(Y*1.3-T*4+2.5*sin(X/6+T*0.7)))"
    sea = field(160, 50, f"clip(52-Y*0.3+{swell}+120*{path},0,255)") + enlarged(854, 200)
    colours = coloured("#0d1b3e", "#3d2a63", "#9b3a6b", "#ee6c4d", "#ffb347", "#fff3b0")
    return Picture(f"{sky}[sky];{sea}[sea];[sky][sea]vstack{colours}", 10)


def _aurora() -> Picture:
    x = "(X+10*sin(Y/19+T*0.7)+7*sin(X/23-T*0.5))"
    folds = f"pow(0.5+0.5*sin({x}/8.6+T*0.35)*sin({x}/21-T*0.22),2)"
    depth = f"(Y-26-8*sin({x}/24+T*0.4))"
    height = f"exp(-pow({depth}/if(lt({depth},0),13,32),2))"
    curtain = f"18+225*{folds}*{height}*(0.8+0.2*sin({x}/1.3+T))"
    trees = "255*lt(Y,640-26*sin(X/93)-14*sin(X/39+1)-6*sin(X/11))"
    sky = field(160, 90, curtain) + enlarged(1280, 720)
    colours = coloured("#02030a", "#0a1a3a", "#0f5c5c", "#26c281", "#9df5b4", "#f2ffe8")
    return Picture(blended("darken", sky, still(1280, 720, trees)) + colours, 11)


def _lava() -> Picture:
    def drop(x: str, y: str, size: float = 1) -> str:
        return f"{size}/(18+pow(X-({x}),2)+pow(Y-({y}),2))"

    drops = (
        drop("45-24*sin(T*0.5)", "80+62*cos(T*0.55)"),
        drop("45+19*cos(T*0.7)", "80+68*sin(T*0.43+1)", 0.8),
        drop("45+15*sin(T*0.9+2)", "80+55*cos(T*0.35+2)", 0.6),
        "1/(18+pow((X-45)/1.8,2)+pow(Y-165,2))",
        "1/(18+pow((X-45)/1.8,2)+pow(Y+6,2))",
    )
    heat = field(90, 160, f"clip(28050*({'+'.join(drops)}),0,255)") + enlarged(540, 960)
    colours = ("#1a0b3b", "#4b1670", "#8a1c7c", "#ff5d5d", "#ff9a4d", "#ffe08a")
    return Picture(heat + coloured(*colours, at=(0, 55, 92, 98, 130, 255)), 10)


def _mandelbrot(x: float, y: float, scales: str, seconds: int, *colours: str) -> Picture:
    start, end = scales.split()
    zoom = f"start_x={x}:start_y={y}:start_scale={start}:end_scale={end}:maxiter=400"
    looks = f"end_pts={seconds * RATE}:inner=black:outer=normalized_iteration_count"
    graph = f"mandelbrot=s=640x360:r={RATE}:{zoom}:{looks},format=gray,gblur=sigma=0.8"
    return Picture(graph + coloured(*colours), seconds)


def _automaton(rule: int, starts: float, *colours: str) -> Picture:
    cells = f"cellauto=s=212x120:r={RATE}:rule={rule}:pattern=@:full=0:scroll=1:stitch=1"
    shown = f"{cells}{without_beginning(starts)},format=gray"
    graph = f"{shown}{coloured(*colours)}{enlarged(848, 480, 'neighbor')}"
    return Picture(graph, 10)


def _life() -> Picture:
    cells = "life=s=160x90:r=14:seed=11:ratio=0.28:mold=10"
    colours = "life_color=#ffe066:death_color=#f25f5c:mold_color=#16213e"
    shown = f"{cells}:{colours}{without_beginning(1.5)}"
    return Picture(f"{shown}{enlarged(960, 540, 'neighbor')}", 11)


def _carpet() -> Picture:
    carpet = f"sierpinski=s=854x480:r={RATE}:type=carpet:seed=9:jump=40,format=gray"
    return Picture(f"{carpet},gblur=sigma=0.7{coloured('#0f2027', '#2c5364', '#f0c27b')}", 8)


def _waves() -> Picture:
    across = "50*sin(X/11+T*1.3+1.6*sin(Y/15+T*0.7))"
    down = "45*sin(Y/8.5-T*1.1+1.3*sin(X/21-T*0.5))"
    water = field(160, 90, f"128+{across}+{down}") + enlarged(854, 480)
    return Picture(water + coloured("#03045e", "#0077b6", "#00b4d8", "#90e0ef", "#f1fbff"), 9)


def _rings() -> Picture:
    def stone(x: int, y: int) -> str:
        away = f"hypot(X-{x},Y-{y})"
        return f"95*sin({away}/3-T*5)*exp(-{away}/65)"

    pond = field(213, 120, f"128+{stone(65, 47)}+{stone(150, 75)}") + enlarged(854, 480)
    return Picture(pond + coloured("#081c15", "#1b4332", "#2d6a4f", "#74c69d", "#e9fff1"), 9)


def _kaleidoscope() -> Picture:
    stripes = "60*sin(X/13+3*sin(Y/29+T*0.5)+T)"
    rings = "55*sin(hypot(X-40,Y-150)/11-T*1.3+2*sin(X/31))"
    corner = field(180, 180, f"128+{stripes}+{rings}")
    mirrors = (
        ",split[a][b];[b]hflip[c];[a][c]hstack,split[d][e];[e]vflip[f];[d][f]vstack",
        ",split[g][h];[h]transpose=1[i];[g][i]blend=all_mode=average",
    )
    colours = coloured("#240046", "#7b2cbf", "#ff5c8a", "#ffb86b", "#fff3d6")
    return Picture(f"{corner}{''.join(mirrors)}{enlarged(720, 720)}{colours}", 9)


def _gradient() -> Picture:
    colours = "c0=#ffd6a5:c1=#ff8fab:c2=#a0c4ff:c3=#bdb2ff:nb_colors=4:seed=3"
    points = "x0=0:y0=0:x1=320:y1=180:speed=0.008"
    return Picture(f"gradients=s=320x180:r={RATE}:{colours}:{points}{enlarged(1280, 720)}", 12)


def _snow() -> Picture:
    def flakes(seed: int, share: float, blur: float, gain: int, scroll: str) -> str:
        soft = f",gblur=sigma={blur},lutyuv=y='clip(val*{gain},0,255)'"
        drawn = still(640, 720, f"255*lt(random({seed}),{share})", then=soft)
        return f"{drawn},scroll={scroll},crop=640:360:0:0"

    near, far = "gt(Y,318-12*sin(X/90+1))", "gt(Y,280-18*sin(X/120+3))"
    layers = blended(
        "screen",
        still(640, 360, f"if({near},100,if({far},68,38+Y/9))"),
        flakes(1, 0.0012, 0.8, 3, "v=-0.0022:h=0.0005"),
        flakes(2, 0.0007, 1.4, 9, "v=-0.004:h=-0.0007"),
        flakes(3, 0.00025, 2.6, 30, "v=-0.0075:h=0.001"),
    )
    colours = coloured("#070b1f", "#1d2b53", "#4f6d9a", "#a9bcd6", "#ffffff")
    return Picture(f"{layers}{enlarged(854, 480)}{colours}", 10)


def _fifth() -> Picture:
    left = "0.5*sin(2*PI*220*t)*(0.8+0.2*sin(t*0.7))"
    right = "0.5*sin(2*PI*330*t+t*1.1)*(0.8+0.2*cos(t*0.5))"
    beam = "mode=lissajous_xy:draw=line:zoom=1.7:rc=40:gc=200:bc=160:rf=8:gf=10:bf=8"
    parts = (
        f"aevalsrc='{left}|{right}':s=44100,asplit[heard][seen];[heard]volume=0.3[out1];",
        f"[seen]avectorscope=s=480x480:r=24:{beam},format=gbrp,gblur=sigma=1.2,",
        "eq=contrast=1.6,pad=854:480:187:0:black",
    )
    return Picture("".join(parts), 10, sounds=True)


def _chords() -> Picture:
    root = "if(lt(ld(1),1),220,if(lt(ld(1),2),174.61,if(lt(ld(1),3),261.63,196)))"
    third = "if(lt(ld(1),1),1.1892,1.2599)"
    partials = (
        "sin(ld(4))+0.5*sin(2*ld(4))+0.3*sin(3*ld(4))",
        "0.8*sin(ld(4)*ld(3))+0.4*sin(2*ld(4)*ld(3))",
        "0.8*sin(ld(4)*1.4983)+0.4*sin(2*ld(4)*1.4983)",
    )
    steps = (
        "st(0,mod(t,1.6));st(1,mod(floor(t/1.6),4));",
        f"st(3,{third});st(4,2*PI*ld(0)*{root});",
        "0.16*exp(-1.4*ld(0))*clip(ld(0)*40,0,1)*clip((1.6-ld(0))*30,0,1)",
        f"*({'+'.join(partials)})",
    )
    bars = "axis=0:basefreq=110:endfreq=1760:bar_h=200:sono_h=280:bar_g=2:sono_g=3:count=3"
    parts = (
        f"aevalsrc='{''.join(steps)}':s=44100,asplit[out1][seen];",
        f"[seen]showcqt=s=854x480:r=24:{bars},format=gray,gblur=sigma=1.6",
        coloured("#07051a", "#3a0ca3", "#f72585", "#ffb703", "#fffbe6"),
    )
    return Picture("".join(parts), 12, sounds=True)


PICTURES = {
    "aurora": _aurora(),
    "carpet": _carpet(),
    "chords": _chords(),
    "fifth": _fifth(),
    "gradient": _gradient(),
    "hills": _hills(),
    "island": _mandelbrot(
        *(-0.1592, -1.0317, "1.2 0.006", 10),
        *("#0b0014", "#4b1d5c", "#c2416b", "#f7a072", "#fff1d0"),
    ),
    "kaleidoscope": _kaleidoscope(),
    "lava": _lava(),
    "life": _life(),
    "moon": _moon(),
    "rings": _rings(),
    "rule30": _automaton(30, 2, "#14213d", "#fca311"),
    "rule90": _automaton(90, 0, "#1d1a31", "#f2a541"),
    "seahorses": _mandelbrot(
        *(-0.743643887, 0.131825904, "1.6 0.004", 12),
        *("#050a1e", "#123a6b", "#1f8a9e", "#f4d35e", "#ee964b", "#fff8e7"),
    ),
    "snow": _snow(),
    "sunset": _sunset(),
    "waves": _waves(),
}


def make_graph(picture: Picture, notes: str) -> str:
    """Return the whole graph, with a tune under pictures that have no sound of their own."""
    pictures = f"{picture.graph}[out0]"
    return pictures if picture.sounds else f"{pictures};{_tune(notes)}[out1]"


def _tune(notes: str, beat: float = 0.4) -> str:
    """Return notes such as `a3 c4 e4`, plucked one after the other, over and over."""
    pitches = [_pitch(note) for note in notes.split()]
    pitch = f"{pitches[-1]:.2f}"
    for number, found in reversed(list(enumerate(pitches[:-1]))):
        pitch = f"if(lt(ld(1),{number + 1}),{found:.2f},{pitch})"
    steps = (
        f"st(0,mod(t,{beat}));st(1,mod(floor(t/{beat}),{len(pitches)}));",
        f"st(2,2*PI*ld(0)*{pitch});",
        f"0.22*exp(-4*ld(0))*clip(ld(0)*90,0,1)*clip(({beat}-ld(0))*60,0,1)",
        "*(sin(ld(2))+0.4*sin(2*ld(2))+0.15*sin(3*ld(2)))",
    )
    room = "lowpass=f=2400,aecho=0.8:0.7:170|330:0.3|0.18,aresample=44100"
    return f"aevalsrc='{''.join(steps)}':s=22050,{room}"


def _pitch(note: str) -> float:
    """Return how many times a second a note such as `g#3` swings."""
    steps = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
    above_c = steps[note[0]] + note.count("#")
    return float(440 * 2 ** ((12 * (int(note[-1]) - 4) + above_c - 9) / 12))
