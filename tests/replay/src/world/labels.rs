//! The names of feeds, and of what is odd in a generated world.

/// One of the six feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// `/v0/topstories.json`
    Top,
    /// `/v0/newstories.json`
    New,
    /// `/v0/beststories.json`
    Best,
    /// `/v0/askstories.json`
    Ask,
    /// `/v0/showstories.json`
    Show,
    /// `/v0/jobstories.json`
    Jobs,
}

impl Feed {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Top,
        Self::New,
        Self::Best,
        Self::Ask,
        Self::Show,
        Self::Jobs,
    ];

    /// The name in the API's path, such as `topstories`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "topstories",
            Self::New => "newstories",
            Self::Best => "beststories",
            Self::Ask => "askstories",
            Self::Show => "showstories",
            Self::Jobs => "jobstories",
        }
    }

    /// The path at which the feed is served.
    pub fn path(self) -> String {
        format!("/v0/{}.json", self.name())
    }
}

/// What is odd about some items or users of a generated world, so that tests find them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// Comments with `deleted`, no author and no text.
    Deleted,
    /// Comments with `dead` and a text such as `[flagged]`.
    Dead,
    /// Ids in someone's `kids` that answer `null`.
    NullKid,
    /// Comments whose text is `[delayed]`.
    Delayed,
    /// Polls.
    Poll,
    /// Jobs without `by`.
    JobWithoutBy,
    /// Stories whose `url` is `""`.
    EmptyUrl,
    /// Stories without `url` and without text.
    NoUrl,
    /// Stories with HTML entities in their titles.
    Entities,
    /// Stories with emoji, CJK or combining characters in their titles.
    Unicode,
    /// Stories and comments written from right to left.
    RightToLeft,
    /// Stories and comments with a word far longer than a line.
    LongWord,
    /// Stories and comments with markup that must never run. What does run sets
    /// [`HOSTILE_MARK`] on `window`.
    Hostile,
    /// Stories and comments by an author whose name is markup.
    HostileName,
    /// Stories with a thread ten or more levels deep.
    Deep,
    /// Stories with 200 or more comments.
    Big,
    /// The story with exactly 3,000 comments, forty levels deep.
    Huge,
    /// Comments that the Algolia index doesn't know yet, nor anything below them.
    Unindexed,
    /// Ids in the new feed that nobody can read: a dead story, a deleted one, one that is `null`.
    LostStory,
    /// Stories whose `descendants` says more than can be loaded.
    Overcounted,
    /// Comments whose `kids` hold themselves or one above them.
    Cyclic,
    /// Stories and comments whose `kids` hold an id twice, or one that is another's reply.
    RepeatedKid,
    /// Comments in no `kids`, whose parent has no item.
    LostParent,
    /// Comments whose `kids` hold what isn't a number.
    NoNumber,
}

impl Oddity {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Deleted,
        Self::Dead,
        Self::NullKid,
        Self::Delayed,
        Self::Poll,
        Self::JobWithoutBy,
        Self::EmptyUrl,
        Self::NoUrl,
        Self::Entities,
        Self::Unicode,
        Self::RightToLeft,
        Self::LongWord,
        Self::Hostile,
        Self::HostileName,
        Self::Deep,
        Self::Big,
        Self::Huge,
        Self::Unindexed,
        Self::LostStory,
        Self::Overcounted,
        Self::Cyclic,
        Self::RepeatedKid,
        Self::LostParent,
        Self::NoNumber,
    ];
}

/// The property of `window` that hostile text sets wherever it gets to run.
pub const HOSTILE_MARK: &str = "__hostile";
