"""Draw: the course of feelings as a picture and its caption, in memory only."""

from models.mood.caption import caption
from models.mood.moment import Moment
from models.mood.zones import zone_of
from workers.journal.drawings import Wanted
from workers.turn.felt import as_estimate


def drawn(wanted: Wanted) -> tuple[bytes, str]:
    """(PNG, caption) of what is wanted."""
    from models.mood.chart import course  # a library for pictures, which only those who draw need to load

    moments = [
        Moment(each.at, as_estimate(each.fused, each.of), tuple(as_estimate(felt) for felt in each.readings))
        for each in wanted.moments
    ]
    clock, zone = zone_of(wanted.country)
    picture = course(moments, wanted.span, wanted.language, zone, wanted.until)
    return picture, caption(moments, wanted.span, wanted.language, clock, zone, wanted.until)
