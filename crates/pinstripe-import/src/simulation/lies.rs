//! A server that lists what it has, but not as Stripe does: pages that repeat or overlap, ends that
//! do not come, rows that nobody asked for. It leaves out no row without saying that there is more,
//! which nobody could find out. Read next: `server`, which asks here for the rows of a page.

use fastrand::Rng;

use super::world::World;

/// What a list was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub from: Option<i64>,
    pub until: Option<i64>,
    pub after: Option<usize>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Lie {
    /// The cursor is not heeded.
    RepeatsPages,
    /// There is always more.
    NeverEnds,
    IgnoresUntil,
    IgnoresFrom,
    /// Pages begin so many rows too early.
    Overlaps(usize),
    /// After the oldest row comes the newest.
    GoesInCircles,
    OldestFirst,
    /// An order of its own, always the same.
    Shuffled(u64),
}

/// A lie, and the share of the answers that have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Liar {
    pub lie: Lie,
    share: f64,
}

impl Liar {
    pub fn draw(rng: &mut Rng) -> Liar {
        let lie = match rng.u8(0..8) {
            0 => Lie::RepeatsPages,
            1 => Lie::NeverEnds,
            2 => Lie::IgnoresUntil,
            3 => Lie::IgnoresFrom,
            4 => Lie::Overlaps(rng.usize(1..150)),
            5 => Lie::GoesInCircles,
            6 => Lie::OldestFirst,
            _ => Lie::Shuffled(rng.u64(..)),
        };
        let always = Liar { lie, share: 1.0 };
        // An order that changes from page to page leaves rows out.
        let share = if always.has_its_own_order() || rng.bool() { 1.0 } else { rng.f64() * 0.5 };
        Liar { share, ..always }
    }

    /// Whether the first rows are others than the newest.
    pub fn has_its_own_order(self) -> bool {
        matches!(self.lie, Lie::OldestFirst | Lie::Shuffled(_))
    }

    pub fn page(
        &self,
        world: &World,
        at_ms: u64,
        query: &Query,
        rng: &mut Rng,
    ) -> Option<(Vec<usize>, bool)> {
        if rng.f64() >= self.share {
            return honest_page(world, at_ms, query);
        }
        let mut query = query.clone();
        match self.lie {
            Lie::RepeatsPages => query.after = None,
            Lie::IgnoresUntil => query.until = None,
            Lie::IgnoresFrom => query.from = None,
            Lie::Overlaps(rows) => query.after = query.after.map(|after| after + rows),
            Lie::OldestFirst => return Some(in_order(world, at_ms, &query, |row| row as u64)),
            Lie::Shuffled(salt) => {
                return Some(in_order(world, at_ms, &query, |row| Rng::with_seed(salt ^ row as u64).u64(..)));
            }
            Lie::NeverEnds | Lie::GoesInCircles => {}
        }
        let (mut rows, mut more) = honest_page(world, at_ms, &query)?;
        match self.lie {
            Lie::NeverEnds => more = true,
            Lie::GoesInCircles if !more => {
                more = true;
                let again = Query { after: None, limit: query.limit - rows.len(), ..query };
                rows.extend(honest_page(world, at_ms, &again)?.0);
            }
            _ => {}
        }
        Some((rows, more))
    }
}

/// The places of a page's objects, newest first, and whether there are more. `None` where the
/// cursor's object is gone.
pub(crate) fn honest_page(world: &World, at_ms: u64, query: &Query) -> Option<(Vec<usize>, bool)> {
    let objects = &world.objects;
    if query.after.and_then(|after| objects.get(after)).is_some_and(|object| !object.is_alive(at_ms)) {
        return None;
    }
    let below = query.until.map_or(objects.len(), |until| objects.partition_point(|o| o.created < until));
    let end = query.after.map_or(below, |after| after.min(below));
    let start = query.from.map_or(0, |from| objects.partition_point(|o| o.created < from)).min(end);
    let mut found = (start..end).rev().filter(|place| objects[*place].is_alive(at_ms));
    let rows: Vec<usize> = found.by_ref().take(query.limit).collect();
    let more = found.next().is_some();
    Some((rows, more))
}

/// The same in another order: by a key of the places.
fn in_order(world: &World, at_ms: u64, query: &Query, key: impl Fn(usize) -> u64) -> (Vec<usize>, bool) {
    let within = |created: i64| {
        query.from.is_none_or(|from| created >= from) && query.until.is_none_or(|until| created < until)
    };
    let mut places: Vec<usize> = (0..world.objects.len())
        .filter(|place| world.objects[*place].is_alive(at_ms) && within(world.objects[*place].created))
        .filter(|place| query.after.is_none_or(|after| key(*place) > key(after)))
        .collect();
    places.sort_unstable_by_key(|place| key(*place));
    let more = places.len() > query.limit;
    places.truncate(query.limit);
    (places, more)
}
