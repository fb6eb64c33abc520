"""The figures and curves of cutting as ``explain`` and the documents give them: formula, source, use and limits."""

from __future__ import annotations

from rewatch.figure import Figure

_SALT = "Salt, Film Style and Technology: History and Analysis, 1983; Cinemetrics"
_BAXTER = "Baxter, Notes on Cinemetric Data Analysis, 2014, chapter 4"
_CUTTING = (
    "Cutting, DeLong and Nothelfer, Attention and the Evolution of Hollywood Film, Psychological Science 21(3), 2010, "
    "doi 10.1177/0956797610361679"
)
_PAIRS = (
    "nPVI: Grabe and Low, Durational Variability in Speech and the Rhythm Class Hypothesis, 2002; on shots: rewatch"
)
_LOGNORMAL = (
    "Salt, The Shape of 1999, New Review of Film and Television Studies 2(1), 2004; against it: Redfern, Literary and "
    "Linguistic Computing 30(1), 2015, doi 10.1093/llc/fqs066"
)
_HAWKES = (
    "Redfern, Motion Picture Editing as a Hawkes Process, Journal of Data Science 21(1), 2023, doi 10.6339/22-JDS1055"
)
_DENSITY = "Redfern, Analysing Motion Picture Cutting Rates, Wide Screen 9(1), 2022; the kernel's width: rewatch"
_KPART = "Brisson and Tsivian, Side by Side: Data Analysis across Films, Cinemetrics, 2011; fractions of shots: rewatch"

_TRACKS = ("shots", "frames")

_BAND = (
    "{edge} percentile of the {name} of 400 films that could have given the shots that were found, by the detector's "
    "precision and recall on labelled films"
)


def _edge(name: str, title: str, edge: str) -> Figure:
    """One edge of an error band: see `score.counting.error_band`."""
    return Figure(
        name=f"{name}_{'low' if edge == '5th' else 'high'}",
        title=f"{title}, {'lower' if edge == '5th' else 'upper'} edge of its error band",
        unit="s",
        formula=_BAND.format(edge=edge, name=name),
        source="rewatch",
        tracks=_TRACKS,
        good_for="How far the figure can be trusted where no person has checked the cuts.",
        cannot_tell="Errors of a kind that the labelled films do not have.",
    )


FIGURES: tuple[Figure, ...] = (
    Figure(
        name="shots",
        title="Shots",
        unit="",
        formula="The number of shots that count: those of some length outside what is excluded.",
        source=_SALT,
        tracks=_TRACKS,
        good_for="What all figures of shot lengths rest on.",
        cannot_tell="How often the camera was set up anew: a shot that is cut into counts again at each return.",
    ),
    Figure(
        name="duration",
        title="Length of all shots",
        unit="s",
        formula="Sum of the lengths of the shots that count.",
        source=_SALT,
        tracks=_TRACKS,
        good_for="What the average shot length is a share of.",
        cannot_tell="The film's running time where stretches are excluded or a list has gaps.",
    ),
    Figure(
        name="zero_length",
        title="Shots of no length",
        unit="",
        formula="The number of shots that end where they begin; they do not count.",
        source="rewatch",
        tracks=_TRACKS,
        good_for="Finding slips in a list of shots.",
        cannot_tell="Which they are: the track shots shows them.",
    ),
    Figure(
        name="excluded",
        title="Excluded shots",
        unit="",
        formula="The number of shots that lie wholly in stretches that do not count: titles, credits.",
        source=_SALT,
        tracks=_TRACKS,
        good_for="Seeing what the counting rules left out.",
        cannot_tell="Shots that lie there in part: they count for what of them lies outside.",
    ),
    _edge("asl", "Average shot length", "5th"),
    _edge("asl", "Average shot length", "95th"),
    _edge("median", "Median shot length", "5th"),
    _edge("median", "Median shot length", "95th"),
    Figure(
        name="asl",
        title="Average shot length",
        unit="s",
        formula=(
            "Seconds of all shots that count / their number. asl_low and asl_high: the 90 % band that the "
            "detector's errors leave."
        ),
        source=_SALT,
        tracks=_TRACKS,
        good_for="The most quoted figure of film style: what most published data can be set beside.",
        cannot_tell="The typical shot: a few long takes pull it up; the median stands beside it for that.",
    ),
    Figure(
        name="median",
        title="Median shot length",
        unit="s",
        formula=(
            "The middle length; between two middle ones, half way. median_low and median_high: the 90 % band that "
            "the detector's errors leave."
        ),
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="The typical shot, whatever a few long takes do.",
        cannot_tell="How much of the film's time its long takes fill.",
    ),
    Figure(
        name="q1",
        title="First quartile of shot lengths",
        unit="s",
        formula="A quarter of the shots are shorter; linear interpolation between the ordered lengths at (n - 1) / 4.",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="How short a short shot of this film is.",
        cannot_tell="Where in the film they stand.",
    ),
    Figure(
        name="q3",
        title="Third quartile of shot lengths",
        unit="s",
        formula="A quarter of the shots are longer; linear interpolation between the ordered lengths at 3 (n - 1) / 4.",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="How long a long shot of this film is.",
        cannot_tell="Where in the film they stand.",
    ),
    Figure(
        name="iqr",
        title="Interquartile range of shot lengths",
        unit="s",
        formula="q3 - q1",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="The spread of the middle half, which a single long take cannot change.",
        cannot_tell="Anything of the longest shots.",
    ),
    Figure(
        name="sd",
        title="Standard deviation of shot lengths",
        unit="s",
        formula="sqrt(sum((x - asl)^2) / (n - 1))",
        source=_SALT,
        tracks=_TRACKS,
        good_for="Setting beside published figures.",
        cannot_tell="The spread of a typical shot: lengths are skewed, and one long take can double it.",
    ),
    Figure(
        name="mad",
        title="Median absolute deviation of shot lengths",
        unit="s",
        formula="median(|x - median(x)|), not scaled",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="The spread around the median, whatever a few long takes do.",
        cannot_tell="On which side of the median the shots spread.",
    ),
    Figure(
        name="minimum",
        title="Shortest shot",
        unit="s",
        formula="The shortest of the shots that count.",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="Finding it.",
        cannot_tell="Anything of the others; one false cut makes it.",
    ),
    Figure(
        name="maximum",
        title="Longest shot",
        unit="s",
        formula="The longest of the shots that count.",
        source=_BAXTER,
        tracks=_TRACKS,
        good_for="Finding the film's longest take.",
        cannot_tell="Anything of the others; one missed cut makes it.",
    ),
    Figure(
        name="lag1",
        title="Autocorrelation of neighbouring shots",
        unit="",
        formula="sum((x_i - m)(x_{i+1} - m)) / sum((x_i - m)^2), m = asl",
        source=_CUTTING,
        tracks=_TRACKS,
        good_for="Whether short follows short and long follows long (above 0), or they take turns (below).",
        cannot_tell="Over which distance: it looks one shot ahead. One very long take weighs heavily in it.",
    ),
    Figure(
        name="npvi",
        title="Pairwise variability of shots (nPVI)",
        unit="",
        formula="100 / (n - 1) * sum(|x_i - x_{i+1}| / ((x_i + x_{i+1}) / 2))",
        source=_PAIRS,
        tracks=_TRACKS,
        good_for="Contrast of neighbours whatever the tempo: 0 is a metronome, 200 the most there can be.",
        cannot_tell="The order over more than two shots; whether it is long-short or short-long.",
    ),
    Figure(
        name="lognormal",
        title="Lognormal fit of shot lengths",
        unit="",
        formula="mu = mean(ln x), sigma = sd(ln x), by n; ks_d = largest distance of the two distribution functions",
        source=_LOGNORMAL,
        tracks=_TRACKS,
        good_for="Two numbers for the whole distribution: exp(mu) is its median, sigma its skewness.",
        cannot_tell="Whether the fit is good, by a test: mu and sigma come from the same shots.",
    ),
    Figure(
        name="lognormal.mu",
        title="Mean of the logarithms of shot lengths",
        unit="",
        formula="mean(ln x), x in seconds",
        source=_LOGNORMAL,
        tracks=_TRACKS,
        good_for="The middle of the lengths: exp(mu) is the median of the fitted distribution.",
        cannot_tell="Whether the lengths are lognormal at all: see lognormal.ks_d.",
    ),
    Figure(
        name="lognormal.sigma",
        title="Spread of the logarithms of shot lengths",
        unit="",
        formula="sd(ln x), divided by n",
        source=_LOGNORMAL,
        tracks=_TRACKS,
        good_for=("How far lengths spread by factors: exp(sigma) is a typical one. It does not change with the tempo."),
        cannot_tell="Whether the lengths are lognormal at all: see lognormal.ks_d.",
    ),
    Figure(
        name="lognormal.ks_d",
        title="Distance of the shot lengths from the lognormal",
        unit="",
        formula="largest distance between the distribution function of the lengths and the fitted one",
        source=_LOGNORMAL,
        tracks=_TRACKS,
        good_for="How well two numbers stand for the whole distribution: 0.02 closely, 0.1 not.",
        cannot_tell="A test's p: mu and sigma come from the same shots.",
    ),
    Figure(
        name="hawkes",
        title="Cuts as a Hawkes process",
        unit="",
        formula=(
            "lambda(t) = lambda0 + sum over earlier cuts t_i of mu beta exp(-beta (t - t_i)); lambda0, mu, beta "
            "by maximum likelihood on the running sum of the shot lengths"
        ),
        source=_HAWKES,
        tracks=_TRACKS,
        good_for=(
            "Whether cuts come in bursts, how strong these are and how long they last: hawkes.mu, hawkes.beta "
            "and the others."
        ),
        cannot_tell="Why they do: story, dialogue and action all look alike to it.",
    ),
    Figure(
        name="hawkes.lambda0",
        title="Background cutting rate",
        unit="1/s",
        formula=(
            "lambda0 of lambda(t) = lambda0 + sum over earlier cuts of mu beta exp(-beta (t - t_i)), by maximum "
            "likelihood"
        ),
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="Cuts that nothing before them brings on.",
        cannot_tell="Why they come: story, dialogue, action.",
    ),
    Figure(
        name="hawkes.mu",
        title="Reproduction mean of cuts",
        unit="",
        formula="mu of the Hawkes process: how many further cuts one cut brings on",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="How strongly cuts cluster: 0 is not at all, towards 1 are long cascades.",
        cannot_tell="Clusters from a slow drift of tempo: both raise it.",
    ),
    Figure(
        name="hawkes.beta",
        title="Decay of a cut's influence",
        unit="1/s",
        formula="beta of the Hawkes process; half of the influence is gone after ln 2 / beta seconds",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="How long a burst of cutting lasts.",
        cannot_tell="Anything where mu is 0: there is nothing that could decay.",
    ),
    Figure(
        name="hawkes.alpha",
        title="Jump of the cutting rate at a cut",
        unit="1/s",
        formula="alpha = mu * beta",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="How hard a burst sets in.",
        cannot_tell="How long it lasts: see beta.",
    ),
    Figure(
        name="hawkes.ks_d",
        title="Distance of the cuts from the Hawkes process",
        unit="",
        formula=(
            "Kolmogorov-Smirnov distance of the compensator at the cuts, divided by its last value, from the "
            "uniform distribution"
        ),
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="Whether the process describes this film at all: large D, small p speak against it.",
        cannot_tell="That it is right: the parameters come from the same cuts.",
    ),
    Figure(
        name="hawkes.ks_p",
        title="p of that distance",
        unit="",
        formula="exact below 100 cuts, Kolmogorov's limit distribution above",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="Reading ks_d whatever the number of cuts.",
        cannot_tell="A true error rate: the parameters come from the same cuts, so p is generous.",
    ),
    Figure(
        name="hawkes.log_likelihood",
        title="Log-likelihood of the Hawkes process",
        unit="",
        formula="sum(ln lambda(t_i)) - integral of lambda over (0, T]; cuts in seconds",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="Comparing models of the same film.",
        cannot_tell="Anything between films: it grows with their length.",
    ),
    Figure(
        name="cutting_rate",
        title="Cutting rate at each moment",
        unit="cuts/min",
        formula="60 * lambda(t) of the Hawkes process, its mean over each half second",
        source=_HAWKES,
        tracks=_TRACKS,
        good_for="Where the film's own habit leads one to expect the next cut soon: the pressure of its editing.",
        cannot_tell="What is to come: it knows only the cuts before.",
    ),
    Figure(
        name="cut_density",
        title="Density of cuts",
        unit="cuts/min",
        formula=(
            "Gaussian kernel on each cut, standard deviation 5 average shot lengths, divided by the kernel's "
            "share within the film"
        ),
        source=_DENSITY,
        tracks=_TRACKS,
        good_for="The broad waves of cutting, with the same smoothness in fast films and slow ones.",
        cannot_tell="Where exactly a change sets in: it is smoothed over about 18 shots.",
    ),
    Figure(
        name="kpart",
        title="K-part curve",
        unit="s",
        formula="k parts of equal duration: each part's duration / the shots in it, fractions of shots counted",
        source=_KPART,
        tracks=_TRACKS,
        good_for="Laying films of different length beside each other.",
        cannot_tell="Anything shorter than a k-th of the film.",
    ),
)
