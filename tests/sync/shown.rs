//! What a message for developers shows of each: enough to tell how it stands.

use futures_util::future::ready;
use hackershelf::sync::{Priority, RateLimiter, Semaphore, SingleFlight, TaskGroup, Urgency};

#[test]
fn all_of_them_show_how_they_stand() {
    let semaphore = Semaphore::new(3);
    let acquire = semaphore.acquire_many(2);
    let permit = semaphore.try_acquire().expect("one is free");
    let flights = SingleFlight::new();
    let join = flights.join("a", Priority::Now, |_| ready(1));
    let mut group = TaskGroup::new();
    group.spawn(ready(1));
    let limiter = RateLimiter::new(1, 1);
    assert!(format!("{limiter:?}").contains("interval: 1000000000"));
    for (shown, expected) in [
        (
            format!("{semaphore:?}"),
            "Semaphore { available_permits: 2, capacity: 3, .. }",
        ),
        (format!("{acquire:?}"), "Acquire { permits: 2, .. }"),
        (
            format!("{permit:?}"),
            "Permit { permits: 1, priority: Now, .. }",
        ),
        (
            format!("{:?}", Urgency::new(Priority::Soon)),
            "Urgency(Soon)",
        ),
        (format!("{flights:?}"), "SingleFlight { len: 1, .. }"),
        (format!("{join:?}"), "Join { shared_by: 1, .. }"),
        (format!("{group:?}"), "TaskGroup { len: 1, .. }"),
    ] {
        assert_eq!(shown, expected);
    }
}
