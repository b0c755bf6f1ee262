//! One place that many want: who is let in next is who is most urgent, and of those the first that
//! came. It knows no time; [`crate::level`] says what the place is for.
//!
//! Nothing is lost when a future that waits is dropped: a place on its way to it is passed on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

#[derive(Debug, Default)]
pub(crate) struct Gate {
    waiters: Mutex<Waiters>,
}

#[derive(Debug, Default)]
struct Waiters {
    taken: bool,
    waiting: Vec<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    urgency: f64,
    place: oneshot::Sender<Place>,
}

/// The place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    gate: Arc<Gate>,
}

impl Gate {
    /// Waits for the place. More urgent ones go first, equally urgent ones in order.
    pub async fn enter(self: &Arc<Gate>, urgency: f64) -> Place {
        loop {
            let coming = {
                let mut waiters = self.lock();
                if !waiters.taken {
                    waiters.taken = true;
                    return Place { gate: Arc::clone(self) };
                }
                let (place, coming) = oneshot::channel();
                waiters.waiting.push(Waiter { urgency, place });
                coming
            };
            if let Ok(place) = coming.await {
                return place;
            }
        }
    }

    /// How many are before one that came now with this urgency, the one inside included.
    pub fn ahead_of(&self, urgency: f64) -> usize {
        let waiters = self.lock();
        let before = |waiter: &&Waiter| waiter.urgency >= urgency && !waiter.place.is_closed();
        usize::from(waiters.taken) + waiters.waiting.iter().filter(before).count()
    }

    /// Whether one that is more urgent waits.
    pub fn is_overtaken(&self, urgency: f64) -> bool {
        self.lock().waiting.iter().any(|waiter| waiter.urgency > urgency && !waiter.place.is_closed())
    }

    fn lock(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiters {
    fn next(&mut self) -> Option<Waiter> {
        self.waiting.retain(|waiter| !waiter.place.is_closed());
        let urgencies = self.waiting.iter().enumerate().map(|(position, waiter)| (position, waiter.urgency));
        let most = urgencies.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        Some(self.waiting.remove(most.0))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let next = {
            let mut waiters = self.gate.lock();
            let next = waiters.next();
            waiters.taken = next.is_some();
            next
        };
        if let Some(next) = next {
            // Comes back, and is passed on by this same drop, when nobody waits for it any more.
            let _ = next.place.send(Place { gate: Arc::clone(&self.gate) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;
    use futures::StreamExt as _;
    use futures::stream::FuturesUnordered;

    #[tokio::test]
    async fn the_most_urgent_goes_first_and_equals_go_in_order() {
        let gate = Arc::new(Gate::default());
        let inside = gate.enter(0.0).await;
        let mut waiting = FuturesUnordered::new();
        for (name, urgency) in [("a", 1.0), ("b", 5.0), ("c", 5.0), ("d", f64::INFINITY), ("e", 0.0)] {
            let mut entering = Box::pin({
                let gate = Arc::clone(&gate);
                async move { (name, gate.enter(urgency).await) }
            });
            assert!((&mut entering).now_or_never().is_none());
            waiting.push(entering);
        }
        assert_eq!((gate.ahead_of(5.0), gate.ahead_of(0.5)), (4, 5));
        drop(inside);
        let mut order = String::new();
        while let Some((name, place)) = waiting.next().await {
            order.push_str(name);
            drop(place);
        }
        assert_eq!(order, "dbcae");
        assert_eq!(gate.ahead_of(0.0), 0);
    }

    #[tokio::test]
    async fn who_gives_up_holds_up_nobody() {
        let gate = Arc::new(Gate::default());
        let inside = gate.enter(0.0).await;
        let mut first = Box::pin(gate.enter(2.0));
        let mut second = Box::pin(gate.enter(1.0));
        assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
        // The place is on its way to the first, who never takes it.
        drop(inside);
        drop(first);
        assert!(second.now_or_never().is_some());
        assert_eq!(gate.ahead_of(0.0), 0);
    }
}
