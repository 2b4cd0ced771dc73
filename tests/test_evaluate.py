"""How good a model is: scores by hand, conditions by their physics, the tool as users meet it."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate, welch

from livegenre.decision import Decision, State
from livegenre.errors import UsageError
from tools.evaluate import main
from tools.evaluation import scores
from tools.evaluation.answers import NO_ANSWER, Heard, clip_answers, window_answers
from tools.evaluation.conditions import (
    CONDITIONS,
    Sound,
    chosen_conditions,
    impulse_response,
    pink_noise,
    rms,
    talk_over,
)
from tools.evaluation.listening import Clip, draw
from tools.evaluation.summary import score_condition

LABELS = ("blues", "jazz")
RATE = 22_050
QUICK = [name for name in CONDITIONS if name != "codec_64k"]


def decision(
    time: float, blues: float | None, state: State = "unsure", *, since: float = 0.0
) -> Decision:
    """Return a decision; no posterior where the probability of blues is None."""
    raw = {} if blues is None else {"blues": blues, "jazz": 1 - blues}
    label = None
    if state == "genre" and blues is not None:
        label = "blues" if blues > 0.5 else "jazz"
    return Decision(
        time=time,
        state=state,
        label=label,
        since=since,
        posterior=raw,
        raw_posterior=raw,
        early=False,
        level_dbfs=-20.0,
        lost=0,
        not_music=0.0,
        tags={},
        compute_seconds=0.01 * time,
    )


def heard(label: str, *decisions: Decision, seconds: float = 3.0) -> Heard:
    return Heard(label, seconds, decisions)


def test_clip_is_answered_by_the_mean_of_its_windows() -> None:
    clip = heard("blues", decision(1, 0.4), decision(2, 0.4), decision(3, 0.9))
    found = clip_answers([clip], LABELS)
    assert found.right.tolist() == [True]
    assert found.posterior[0] == pytest.approx(1.7 / 3)
    assert window_answers([clip], LABELS).right.tolist() == [False, False, True]


def test_silent_windows_are_left_out_and_a_silent_clip_is_wrong() -> None:
    silent = heard("blues", decision(1, None, "silence"))
    half = heard("jazz", decision(1, None, "silence"), decision(2, 0.2))
    clips = clip_answers([silent, half], LABELS)
    assert clips.right.tolist() == [False, True]
    assert clips.answer.tolist() == [NO_ANSWER, 1]
    assert len(window_answers([silent, half], LABELS).genre) == 1
    assert np.sum(scores.confusion(clips, LABELS)["counts"]) == 1


def test_accuracy_macro_and_genres_are_those_counted_by_hand() -> None:
    clips = [heard("blues", decision(1, p)) for p in (0.9, 0.9, 0.9, 0.2)]
    clips.append(heard("jazz", decision(1, 0.7)))
    clips.append(heard("jazz", decision(1, 0.1)))
    answers = clip_answers(clips, LABELS)
    found = scores.accuracy(answers, 6)
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["macro"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found["interval"] == pytest.approx([0.300, 0.903], abs=1e-3)  # Wilson, by hand
    assert scores.confusion(answers, LABELS)["counts"] == [[3, 1], [1, 1]]
    genres = scores.per_genre(answers, LABELS)
    assert genres["blues"] == {"n": 4, "recall": 0.75, "precision": 0.75}
    assert genres["jazz"] == {"n": 2, "recall": 0.5, "precision": 0.5}


def test_genre_that_never_occurs_and_is_never_answered_has_no_share() -> None:
    answers = clip_answers([heard("blues", decision(1, 0.9))], LABELS)
    assert scores.per_genre(answers, LABELS)["jazz"] == {"n": 0, "recall": None, "precision": None}
    assert scores.macro(answers) == 1.0


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    windows = [decision(1, 0.95)] * 3 + [decision(1, 0.05)] + [decision(1, 0.65)] * 4
    answers = window_answers([heard("blues", *windows)], LABELS)
    # Four windows at 0.95 of which 3/4 are right, four at 0.65 all right.
    found = scores.calibration(answers)
    assert found["ece"] == pytest.approx((0.20 + 0.35) / 2)
    assert [b["n"] for b in found["bins"]] == [0, 0, 0, 0, 0, 0, 4, 0, 0, 4]


def test_abstention_counts_windows_and_how_clips_end() -> None:
    first = heard("blues", decision(1, 0.6), decision(2, 0.9, "genre"))
    second = heard("blues", decision(1, 0.1, "genre"), decision(2, 0.5))
    found = scores.abstention([first, second])
    assert (found["precision"], found["coverage"]) == (0.5, 0.5)
    assert found["clip"] == {"precision": 1.0, "coverage": 0.5, "n": 2}


def test_nothing_named_has_no_precision() -> None:
    found = scores.abstention([heard("blues", decision(1, 0.6))])
    assert (found["precision"], found["coverage"]) == (None, 0.0)


def test_risk_falls_with_coverage_where_the_sure_are_right() -> None:
    clips = [heard("blues", decision(1, 1 - 0.04 * n)) for n in range(20)]
    curve = scores.risk_coverage(clip_answers(clips, LABELS))
    assert [point["coverage"] for point in curve] == pytest.approx(np.arange(1, 11) / 10)
    assert curve[0] == {"coverage": 0.1, "precision": 1.0, "threshold": pytest.approx(0.96)}
    assert curve[-1]["precision"] == 0.65  # 13 of 20 have more than a half


def test_times_are_medians_of_the_clips_that_were_answered() -> None:
    clips = [
        heard("blues", decision(1, 0.6), decision(2, 0.9, "genre", since=2)),
        heard("blues", decision(1, 0.1, "genre"), decision(4, 0.9, "genre", since=4)),
        heard("blues", decision(1, 0.6)),
    ]
    found = scores.times(clips)
    assert found["time_to_answer_seconds"] == 1.5
    assert found["time_to_stable_label_seconds"] == 3
    assert found["never_answered"] == pytest.approx(1 / 3)


def test_accuracy_at_seconds_is_of_clips_that_last_so_long() -> None:
    long = heard("blues", decision(1, 0.1), decision(3, 0.95), seconds=3.0)
    short = heard("jazz", decision(1, 0.1), seconds=1.0)
    found = scores.accuracy_at([long, short], LABELS)
    assert found["accuracy_at_seconds_n"] == {"1": 2, "2": 1, "3": 1, "5": 0, "10": 0, "30": 0}
    assert found["accuracy_at_seconds"]["1"] == 0.5
    assert found["accuracy_at_seconds"]["2"] == 0.0
    assert found["accuracy_at_seconds"]["3"] == 1.0
    assert found["accuracy_at_seconds"]["5"] is None


def test_states_are_shares_of_windows_by_label() -> None:
    clips = [
        heard("speech", decision(1, 0.5, "not_music"), decision(2, 0.9, "genre")),
        heard("silence", decision(1, None, "silence"), decision(2, None, "silence")),
    ]
    assert scores.states(clips)["called_genre"] == 0.25
    by_label = scores.states_by_label(clips)
    assert by_label["speech"]["called_not_music"] == 0.5
    assert by_label["silence"]["called_genre"] == 0.0


def test_step_cost_is_the_median_in_milliseconds() -> None:
    clip = heard("blues", *(decision(time, 0.5) for time in (1, 2, 9)))
    assert scores.step_cost_ms([clip]) == pytest.approx(20)


def test_condition_under_which_nothing_could_be_heard_has_no_scores() -> None:
    found = score_condition([], LABELS, 0.8)
    assert found["n"] == 0
    assert {value for name, value in found.items() if name != "n"} == {None}


@pytest.fixture
def music() -> Sound:
    """Return 4 s of noise at an RMS of 0.1, peaks far below full scale."""
    samples = 0.1 * np.random.default_rng(1).standard_normal(4 * RATE)
    return Sound(samples.astype(np.float32), RATE)


def degraded(name: str, sound: Sound, seed: int = 0) -> Sound:
    return CONDITIONS[name](sound, np.random.default_rng(seed))


def level_db(sound: Sound, low_hz: float, high_hz: float) -> float:
    """Return the mean power density in a band, in dB."""
    frequency, power = welch(sound.samples, sound.sample_rate, nperseg=4096)
    return float(10 * np.log10(power[(frequency >= low_hz) & (frequency <= high_hz)].mean()))


@pytest.mark.parametrize("name", QUICK)
def test_same_seed_gives_the_same_samples_and_the_length_is_kept(name: str, music: Sound) -> None:
    before = music.samples.copy()
    once, again = degraded(name, music), degraded(name, music)
    np.testing.assert_array_equal(once.samples, again.samples)
    np.testing.assert_array_equal(music.samples, before)
    assert once.samples.dtype == np.float32
    assert len(once.samples) / once.sample_rate == pytest.approx(4.0, abs=1e-4)


@pytest.mark.parametrize("name", ["noise_10db", "room_300ms"])
def test_other_seeds_give_other_samples(name: str, music: Sound) -> None:
    assert (degraded(name, music, 0).samples != degraded(name, music, 1).samples).any()


@pytest.mark.parametrize("snr_db", [20, 10, 5])
def test_noise_has_the_ratio_of_its_name(snr_db: int, music: Sound) -> None:
    noise = degraded(f"noise_{snr_db}db", music).samples - music.samples
    assert 20 * np.log10(rms(music.samples) / rms(noise)) == pytest.approx(snr_db, abs=0.01)


def test_pink_noise_falls_by_3_db_an_octave() -> None:
    noise = Sound(pink_noise(20 * RATE, RATE, np.random.default_rng(0)), RATE)
    octaves = [level_db(noise, low, 2 * low) for low in (250, 500, 1000, 2000, 4000)]
    np.testing.assert_allclose(np.diff(octaves), -10 * np.log10(2), atol=0.3)


@pytest.mark.parametrize("rt60_seconds", [0.3, 0.6, 1.0])
def test_room_decays_by_60_db_in_its_time(rt60_seconds: float) -> None:
    response = impulse_response(rt60_seconds, RATE, np.random.default_rng(0))[1:]
    decay = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2))
    fifth, twenty_fifth = (int(np.argmax(decay <= level)) / RATE for level in (-5, -25))
    assert 3 * (twenty_fifth - fifth) == pytest.approx(rt60_seconds, rel=0.1)


def test_room_is_heard_through_a_small_loudspeaker_at_the_level_of_the_music(music: Sound) -> None:
    found = degraded("room_600ms", music)
    within = level_db(found, 300, 5000)
    assert within - level_db(found, 0, 100) > 20
    assert within - level_db(found, 9000, 11_000) > 20
    assert rms(found.samples) == pytest.approx(rms(music.samples), rel=1e-3)


@pytest.mark.parametrize("gain_db", [-30, -20])
def test_lower_gain_only_scales(gain_db: int, music: Sound) -> None:
    found = degraded(f"gain_{gain_db}db", music)
    np.testing.assert_allclose(found.samples, music.samples * 10 ** (gain_db / 20), rtol=1e-5)


def test_higher_gain_clips_what_goes_beyond_full_scale(music: Sound) -> None:
    found = degraded("gain_+12db", music).samples
    share = np.mean(np.abs(music.samples) > 10 ** (-12 / 20))
    assert np.abs(found).max() == 1.0
    assert np.mean(np.abs(found) == 1.0) == pytest.approx(share)
    assert 0.005 < share < 0.05


def test_telephone_is_a_narrow_band_at_8_khz_in_255_levels(music: Sound) -> None:
    found = degraded("telephone", music)
    assert found.sample_rate == 8000
    within = level_db(found, 400, 3000)
    assert within - level_db(found, 0, 150) > 20
    assert within - level_db(found, 3900, 4000) > 10
    assert len(np.unique(found.samples)) <= 255


@pytest.mark.ffmpeg
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg")
def test_codec_keeps_length_and_place(music: Sound) -> None:
    found = degraded("codec_64k", music)
    assert found.samples.shape == music.samples.shape
    likeness = correlate(found.samples, music.samples, "same")
    assert likeness.argmax() == len(music.samples) // 2
    assert likeness.max() > 0.5 * np.sum(music.samples**2)
    assert (found.samples != music.samples).any()


def test_talk_is_5_db_below_the_music_and_all_through_it(music: Sound) -> None:
    voice = Sound(music.samples[:8000] * 3, 8000)
    found = talk_over(music, np.random.default_rng(0), voices=[voice])
    talk = found.samples - music.samples
    assert 20 * np.log10(rms(music.samples) / rms(talk)) == pytest.approx(5, abs=0.01)
    np.testing.assert_allclose(talk[:RATE], talk[RATE : 2 * RATE], atol=1e-5)


def test_silence_stays_finite_under_every_condition() -> None:
    nothing = Sound(np.zeros(RATE, np.float32), RATE)
    assert all(np.isfinite(degraded(name, nothing).samples).all() for name in QUICK)


def test_conditions_are_chosen_by_name() -> None:
    assert chosen_conditions(None) == ()
    assert chosen_conditions("telephone,talk") == ("telephone", "talk")
    with pytest.raises(UsageError, match="'telefone': is none of all, noise_20db"):
        chosen_conditions("telefone")


def test_codec_without_ffmpeg_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="needs ffmpeg"):
        chosen_conditions("codec_64k")


def test_draw_is_the_same_for_the_same_seed_and_keeps_the_order() -> None:
    clips = [Clip(Path(f"{n}.wav"), "jazz") for n in range(20)]
    drawn = draw(clips, 5, 3)
    assert len(drawn) == 5
    assert drawn == draw(clips, 5, 3) != draw(clips, 5, 4)
    assert [clips.index(clip) for clip in drawn] == sorted(clips.index(clip) for clip in drawn)
    assert draw(clips, None, 3) == draw(clips, 99, 3) == clips


def write_csv(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    rows = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_noise(path: Path, level: float, seconds: float = 4.0) -> None:
    samples = np.random.default_rng(0).standard_normal(round(seconds * RATE)) * level
    soundfile.write(path, samples, RATE, subtype="FLOAT")


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Write a quiet clip, a loud one, and one of a genre that the tiny model does not know."""
    for name, level in (("quiet", 0.02), ("loud", 0.25), ("odd", 0.25)):
        write_noise(tmp_path / f"{name}.wav", level)
    rows = [{"path": f"{name}.wav", "genre": name} for name in ("quiet", "loud", "odd")]
    return write_csv(tmp_path / "music.csv", rows)


@pytest.fixture
def others(tmp_path: Path) -> Path:
    write_noise(tmp_path / "talk.wav", 0.25)
    return write_csv(tmp_path / "other.csv", [{"path": "talk.wav", "label": "speech"}])


def test_whole_run_measures_everything(tiny_model: Path, manifest: Path, others: Path) -> None:
    out = manifest.with_name("out.json")
    args = ["--model", str(tiny_model), "--manifest", str(manifest), "--notmusic", str(others)]
    assert main([*args, "--conditions", "gain_-30db,talk", "--json", str(out)]) == 0
    found = json.loads(out.read_text())
    assert found["n_clips"] == 2
    assert found["clip"]["accuracy"] == found["clip"]["macro"] == found["window"]["accuracy"] == 1
    assert found["clip"]["interval"] == pytest.approx([0.342, 1.0], abs=1e-3)
    assert found["abstention"]["precision"] == found["abstention"]["coverage"] == 1
    assert 0.9 < found["time_to_answer_seconds"] < 1.1
    assert found["accuracy_at_seconds"]["3"] == 1
    assert found["outside"]["clip_named"] == 1
    assert found["not_music"]["by_label"]["speech"]["called_genre"] == 1
    assert found["not_music"]["music_rejected"] == 0
    # 30 dB lower, the loud clip is quiet and the quiet one is silence, which has no answer.
    assert found["conditions"]["gain_-30db"]["macro"] == 0
    assert found["conditions"]["gain_-30db"]["loss"] == 1
    assert found["conditions"]["talk"]["macro"] == 1
    assert 0 <= found["calibration"]["ece"] < 0.5
    assert found["step_cost_ms"] > 0
    assert found["left_out"] == 0


def test_broken_clip_is_a_line_and_counted_once(
    tiny_model: Path, manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest.with_name("loud.wav").write_bytes(b"this is no sound")
    out = manifest.with_name("out.json")
    args = ["--model", str(tiny_model), "--manifest", str(manifest), "--json", str(out)]
    assert main([*args, "--conditions", "telephone"]) == 0
    found = json.loads(out.read_text())
    assert (found["n_clips"], found["left_out"]) == (1, 1)
    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if line.startswith("left out:")]) == 1
    assert "loud.wav" in "".join(lines)


def test_page_is_well_formed_and_needs_no_other_file(
    make_model: Callable[..., Path], manifest: Path, others: Path
) -> None:
    model = make_model(name="<tiny & co>")
    page = manifest.with_name("page.html")
    args = ["--model", str(model), "--manifest", str(manifest), "--notmusic", str(others)]
    files = ["--json", str(manifest.with_name("out.json")), "--report", str(page)]
    assert main([*args, "--conditions", "gain_-20db", *files]) == 0
    text = page.read_text()
    assert "<h1>Model &lt;tiny &amp; co&gt;</h1>" in text
    assert "<td>gain_-20db</td>" in text
    assert not re.search(r"(src|href)=|url\(|<script", text)
    pictures = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text)]
    assert len(pictures) == 2
    shades = [cell.get("style") for cell in pictures[0].iter() if cell.get("class") == "cell"]
    assert shades == [f"fill-opacity:{share}" for share in ("1.00", "0.00", "0.00", "1.00")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("--model", "nosuch"), "model 'nosuch'"),
        (("--manifest", "nosuch.csv"), "nosuch.csv: No such file"),
        (("--conditions", "fog"), "'fog': is none of all"),
        (("--conditions", "talk"), "needs --notmusic with rows labelled speech"),
    ],
)
def test_bad_input_is_one_line(
    tiny_model: Path,
    manifest: Path,
    capsys: pytest.CaptureFixture[str],
    changes: tuple[str, str],
    said: str,
) -> None:
    out = manifest.with_name("out.json")
    args = ["--model", str(tiny_model), "--manifest", str(manifest), "--json", str(out)]
    assert main([*args, *changes]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("evaluate: ")
    assert said in lines[0]
    assert not out.exists()


def test_manifest_of_none_of_the_models_genres_is_refused(
    tiny_model: Path, manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = write_csv(manifest.with_name("odd.csv"), [{"path": "odd.wav", "genre": "odd"}])
    out = str(manifest.with_name("out.json"))
    assert main(["--model", str(tiny_model), "--manifest", str(odd), "--json", out]) == 1
    assert "the model knows quiet, loud, but here is odd" in capsys.readouterr().err


@pytest.mark.parametrize(
    "extra", [("--limit", "0"), ("--seed", "-1"), ("--json", "/nosuch/out.json")]
)
def test_senseless_options_are_refused(manifest: Path, extra: tuple[str, str]) -> None:
    args = ["--model", "cnn", "--manifest", str(manifest), "--json", "out.json"]
    with pytest.raises(SystemExit) as exit_:
        main([*args, *extra])
    assert exit_.value.code == 2
