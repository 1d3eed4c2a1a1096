use miniserde::Deserialize;

use crate::hn::{Decode, Feed};
use crate::time::Timestamp;

/// A download, kept so that it goes on where it was after the page was closed, or crashed.
///
/// How far it is isn't written down: what is in the store since it began needn't be fetched again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The feed whose stories and comments are to be kept.
    pub feed: Feed,
    /// So many of its stories at most.
    pub most: usize,
    /// Whether replies are kept in Hacker News' own order at every depth.
    pub exact: bool,
    /// When it began.
    pub since: Timestamp,
    /// Where it stands.
    pub course: Course,
}

/// Where a download stands, as the store knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It goes on, and if nobody carries it out, the next page that is opened does.
    Running,
    /// The reader stopped it.
    Stopped,
    /// All was asked for.
    Over,
}

impl Course {
    const ALL: [(Self, &str); 3] = [
        (Self::Running, "running"),
        (Self::Stopped, "stopped"),
        (Self::Over, "over"),
    ];
}

impl Job {
    /// The job as it is kept.
    pub fn json(&self) -> String {
        let course = Course::ALL
            .iter()
            .find(|(course, _)| *course == self.course);
        format!(
            "{{\"feed\":\"{}\",\"most\":{},\"exact\":{},\"since\":{},\"course\":\"{}\"}}",
            self.feed,
            self.most,
            self.exact,
            self.since.0,
            course.map_or("", |(_, name)| *name),
        )
    }
}

#[derive(Deserialize)]
pub struct RawJob {
    feed: String,
    most: u32,
    exact: Option<bool>,
    since: u64,
    course: String,
}

/// A job as it is kept; none for a feed or a course that isn't known here.
impl Decode for Option<Job> {
    type Raw = RawJob;

    fn from_raw(raw: RawJob) -> Self {
        let mut courses = Course::ALL.into_iter();
        Some(Job {
            feed: Feed::named(&raw.feed)?,
            most: raw.most as usize,
            exact: raw.exact.unwrap_or_default(),
            since: Timestamp(raw.since),
            course: courses.find(|(_, name)| *name == raw.course)?.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_read_as_it_is_kept() {
        for (course, _) in Course::ALL {
            let job = Job {
                feed: Feed::Show,
                most: 30,
                exact: true,
                since: Timestamp(1_700_000_000_000),
                course,
            };
            assert_eq!(Decode::decode(&job.json()), Ok(Some(job)));
        }
    }

    #[test]
    fn a_job_of_another_version_is_none() {
        let unknown = r#"{"feed":"polls","most":30,"since":1,"course":"running"}"#;
        assert_eq!(Option::<Job>::decode(unknown), Ok(None));
        let unknown = r#"{"feed":"top","most":30,"since":1,"course":"resting"}"#;
        assert_eq!(Option::<Job>::decode(unknown), Ok(None));
    }
}
