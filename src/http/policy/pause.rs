use std::time::Duration;

use super::part;

/// So many failed connections in a row, and the origin is left alone.
const FAILURES: u32 = 5;

/// The upper bound of the first delay; it doubles with each probe that fails.
const BASE: Duration = Duration::from_secs(1);

/// No delay is longer than this, unless the server asks for it.
const CAP: Duration = Duration::from_secs(60);

/// Leaves an origin alone that is overloaded or can't be reached, and then tries it with a single
/// request: a probe.
///
/// It begins open. A refusal or five failed connections in a row pause it; when the pause is over
/// the first who asks is the probe, and what it brings back opens the origin or pauses it longer.
/// What was sent before the pause and answers during it is too old to open it.
#[derive(Debug, Default)]
pub struct Pause {
    state: State,
    /// Failed connections in a row.
    failures: u32,
    /// Delays in a row.
    delays: u32,
    /// The pause is for want of a connection.
    unreachable: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Open,
    Until(Duration),
    Probing,
}

/// What may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Send.
    Go,
    /// Send, as the one probe; [`Pause::hear`] or [`Pause::give_up`] must follow.
    Probe,
    /// Ask again in so long.
    Wait(Duration),
    /// Ask again once the probe is back.
    Await,
}

/// What a request tells about its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It answers, whatever the answer.
    Alive,
    /// It answers 429 or 503, and asks for so much time if that can be read.
    Refuses(Option<Duration>),
    /// There is no connection.
    Unreachable,
    /// It was silent for the time that an attempt has.
    Silent,
}

impl Pause {
    /// What a request may do at `now`. A [`Turn::Probe`] is given once.
    pub fn turn(&mut self, now: Duration) -> Turn {
        match self.state {
            State::Open => Turn::Go,
            State::Probing => Turn::Await,
            State::Until(end) if now < end => Turn::Wait(end - now),
            State::Until(_) => {
                self.state = State::Probing;
                Turn::Probe
            }
        }
    }

    /// Whether anything but the probe may be sent.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether it is left alone for want of a connection.
    pub fn is_unreachable(&self) -> bool {
        self.unreachable && !self.is_open()
    }

    /// How long the pause goes on at least; zero while open or probing.
    pub fn left(&self, now: Duration) -> Duration {
        match self.state {
            State::Until(end) => end.saturating_sub(now),
            State::Open | State::Probing => Duration::ZERO,
        }
    }

    /// A request came back, and may have been the probe. `chance` is uniform from 0 to
    /// [`u32::MAX`]: clients that were turned away together don't come back together.
    pub fn hear(&mut self, sign: Sign, is_probe: bool, now: Duration, chance: u32) {
        self.failures = match sign {
            Sign::Unreachable => self.failures.saturating_add(1),
            Sign::Silent => self.failures,
            Sign::Alive | Sign::Refuses(_) => 0,
        };
        let pauses = match sign {
            Sign::Alive => false,
            Sign::Refuses(_) => true,
            Sign::Unreachable => is_probe || self.failures >= FAILURES,
            Sign::Silent => is_probe,
        };
        let asked = match sign {
            Sign::Refuses(asked) => asked,
            _ => None,
        };
        if is_probe || self.is_open() {
            if pauses {
                let most = BASE.saturating_mul(1 << self.delays.min(16)).min(CAP);
                // Between half and all of it: a pause that may be nothing isn't one.
                let delay = most / 2 + part(most / 2, chance);
                self.delays += 1;
                self.unreachable = sign == Sign::Unreachable;
                self.state = State::Until(now + asked.unwrap_or(delay));
            } else if is_probe {
                *self = Self::default();
            }
        } else if let (State::Until(end), Some(asked)) = (self.state, asked) {
            // Only what the server says for itself makes a pause longer that has begun already, and
            // then it isn't one for want of a connection.
            let end = match std::mem::take(&mut self.unreachable) {
                true => now,
                false => end,
            };
            self.state = State::Until(end.max(now + asked));
        }
    }

    /// The device has a network again: a pause for want of a connection is over, and the next who
    /// asks is the probe. What a server asked for isn't.
    pub fn reconnected(&mut self, now: Duration) {
        if self.unreachable && matches!(self.state, State::Until(_)) {
            self.state = State::Until(now);
        }
    }

    /// The probe was dropped without an answer: the next who asks is the probe.
    pub fn give_up(&mut self, now: Duration) {
        self.state = State::Until(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: Sign = Sign::Refuses(None);

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Probes once, at the end of the pause, with this outcome; how long the next pause is.
    fn probe(pause: &mut Pause, now: &mut Duration, sign: Sign) -> Duration {
        *now += pause.left(*now);
        assert_eq!(pause.turn(*now), Turn::Probe);
        pause.hear(sign, true, *now, u32::MAX);
        pause.left(*now)
    }

    #[test]
    fn one_refusal_pauses_and_answers_of_other_kinds_do_not() {
        let mut pause = Pause::default();
        pause.hear(Sign::Alive, false, secs(0), u32::MAX);
        pause.hear(Sign::Silent, false, secs(0), u32::MAX);
        assert_eq!(pause.turn(secs(0)), Turn::Go);
        pause.hear(REFUSAL, false, secs(0), u32::MAX);
        assert!(!pause.is_open() && !pause.is_unreachable());
        assert_eq!(pause.turn(ms(1)), Turn::Wait(ms(999)));
    }

    #[test]
    fn five_failed_connections_in_a_row_pause_and_four_do_not() {
        let mut pause = Pause::default();
        let fail = |pause: &mut Pause, times| {
            (0..times).for_each(|_| pause.hear(Sign::Unreachable, false, secs(0), 0));
        };
        fail(&mut pause, 4);
        pause.hear(Sign::Alive, false, secs(0), 0);
        fail(&mut pause, 4);
        // A timeout says nothing either way.
        pause.hear(Sign::Silent, false, secs(0), 0);
        assert!(pause.is_open() && !pause.is_unreachable());
        fail(&mut pause, 1);
        assert!(!pause.is_open() && pause.is_unreachable());
    }

    #[test]
    fn a_refusal_ends_a_row_of_failed_connections() {
        let mut pause = Pause::default();
        (0..4).for_each(|_| pause.hear(Sign::Unreachable, false, secs(0), 0));
        pause.hear(REFUSAL, false, secs(0), 0);
        let mut now = secs(0);
        probe(&mut pause, &mut now, Sign::Alive);
        (0..4).for_each(|_| pause.hear(Sign::Unreachable, false, now, 0));
        assert!(pause.is_open());
    }

    #[test]
    fn there_is_one_probe_and_it_opens() {
        let mut pause = Pause::default();
        pause.hear(REFUSAL, false, secs(0), u32::MAX);
        assert_eq!(pause.turn(ms(999)), Turn::Wait(ms(1)));
        assert_eq!(pause.turn(secs(1)), Turn::Probe);
        assert_eq!(pause.turn(secs(1)), Turn::Await);
        assert_eq!(pause.left(secs(1)), Duration::ZERO);
        assert!(!pause.is_open());
        pause.hear(Sign::Alive, true, secs(2), 0);
        assert_eq!(pause.turn(secs(2)), Turn::Go);
        assert_eq!(pause.left(secs(2)), Duration::ZERO);
    }

    #[test]
    fn every_probe_that_fails_doubles_the_delay_up_to_a_minute() {
        for sign in [REFUSAL, Sign::Unreachable, Sign::Silent] {
            let (mut pause, mut now) = (Pause::default(), secs(0));
            pause.hear(REFUSAL, false, now, u32::MAX);
            assert_eq!(pause.left(now), secs(1));
            for expected in [2, 4, 8, 16, 32, 60, 60, 60] {
                assert_eq!(
                    probe(&mut pause, &mut now, sign),
                    secs(expected),
                    "{sign:?}"
                );
            }
            for _ in 0..40 {
                assert_eq!(probe(&mut pause, &mut now, sign), secs(60));
            }
        }
    }

    #[test]
    fn the_delay_begins_anew_after_a_probe_that_succeeded() {
        let (mut pause, mut now) = (Pause::default(), secs(0));
        pause.hear(REFUSAL, false, now, u32::MAX);
        assert_eq!(probe(&mut pause, &mut now, REFUSAL), secs(2));
        probe(&mut pause, &mut now, Sign::Alive);
        pause.hear(REFUSAL, false, now, u32::MAX);
        assert_eq!(pause.left(now), secs(1));
    }

    #[test]
    fn the_delay_is_jittered_down_to_half() {
        for (chance, expected) in [(0, 500), (u32::MAX / 2, 749), (u32::MAX, 1_000)] {
            let mut pause = Pause::default();
            pause.hear(REFUSAL, false, secs(7), chance);
            assert_eq!(pause.left(secs(7)), ms(expected));
        }
    }

    #[test]
    fn the_server_s_own_word_is_kept_to_shorter_or_longer() {
        let (mut pause, mut now) = (Pause::default(), secs(0));
        pause.hear(Sign::Refuses(Some(secs(90))), false, now, u32::MAX);
        assert_eq!(pause.left(now), secs(90));
        assert_eq!(probe(&mut pause, &mut now, REFUSAL), secs(2));
        let asked = Sign::Refuses(Some(secs(1)));
        assert_eq!(probe(&mut pause, &mut now, asked), secs(1));
    }

    #[test]
    fn what_was_sent_before_the_pause_neither_opens_nor_doubles_it() {
        let mut pause = Pause::default();
        pause.hear(REFUSAL, false, secs(0), u32::MAX);
        for sign in [Sign::Alive, REFUSAL, Sign::Unreachable, Sign::Silent] {
            (0..9).for_each(|_| pause.hear(sign, false, ms(100), u32::MAX));
            assert_eq!(pause.left(secs(0)), secs(1), "{sign:?}");
        }
        // But what the server asks for counts, if it is longer.
        pause.hear(Sign::Refuses(Some(ms(100))), false, ms(100), 0);
        assert_eq!(pause.left(secs(0)), secs(1));
        pause.hear(Sign::Refuses(Some(secs(5))), false, ms(100), 0);
        assert_eq!(pause.left(secs(0)), ms(5_100));
    }

    #[test]
    fn while_the_probe_is_out_nothing_else_decides() {
        let mut pause = Pause::default();
        pause.hear(REFUSAL, false, secs(0), 0);
        assert_eq!(pause.turn(secs(1)), Turn::Probe);
        for sign in [Sign::Alive, REFUSAL, Sign::Refuses(Some(secs(9)))] {
            pause.hear(sign, false, secs(1), 0);
            assert_eq!(pause.turn(secs(20)), Turn::Await);
        }
    }

    #[test]
    fn a_network_that_is_back_ends_only_a_pause_for_want_of_it() {
        let mut pause = Pause::default();
        pause.reconnected(secs(1));
        assert_eq!(pause.turn(secs(1)), Turn::Go);
        (0..5).for_each(|_| pause.hear(Sign::Unreachable, false, secs(1), u32::MAX));
        pause.reconnected(ms(1_100));
        assert_eq!(pause.turn(ms(1_100)), Turn::Probe);
        pause.reconnected(ms(1_200));
        assert_eq!(pause.turn(ms(1_200)), Turn::Await);
        pause.hear(REFUSAL, true, ms(1_200), u32::MAX);
        pause.reconnected(ms(1_300));
        assert_eq!(pause.turn(ms(1_300)), Turn::Wait(ms(1_900)));
    }

    #[test]
    fn what_a_server_asks_for_while_there_are_no_connections_is_kept_to() {
        let mut pause = Pause::default();
        (0..5).for_each(|_| pause.hear(Sign::Unreachable, false, secs(1), u32::MAX));
        pause.hear(Sign::Refuses(Some(secs(30))), false, secs(1), u32::MAX);
        assert!(!pause.is_unreachable());
        pause.reconnected(secs(2));
        assert_eq!(pause.turn(secs(2)), Turn::Wait(secs(29)));
        // What it asks for instead may be shorter.
        let (mut pause, mut now) = (Pause::default(), secs(0));
        (0..5).for_each(|_| pause.hear(Sign::Unreachable, false, now, u32::MAX));
        assert_eq!(probe(&mut pause, &mut now, Sign::Unreachable), secs(2));
        pause.hear(Sign::Refuses(Some(secs(1))), false, now, u32::MAX);
        assert_eq!(pause.left(now), secs(1));
    }

    #[test]
    fn a_probe_that_was_dropped_leaves_its_turn_to_the_next() {
        let mut pause = Pause::default();
        pause.hear(REFUSAL, false, secs(0), u32::MAX);
        assert_eq!(pause.turn(secs(1)), Turn::Probe);
        pause.give_up(secs(2));
        assert_eq!(pause.turn(secs(2)), Turn::Probe);
        pause.hear(REFUSAL, true, secs(2), u32::MAX);
        assert_eq!(pause.left(secs(2)), secs(2));
    }
}
