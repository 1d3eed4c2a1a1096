use std::rc::Rc;

use super::{Decode, Feed, Hits, Id, Item, Query, Tree, User};
use crate::http::{self, Ask};
use crate::time::Timestamp;

/// Why something of Hacker News can't be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request failed.
    #[error(transparent)]
    Http(#[from] http::Error),
    /// The answer isn't what the API promises.
    #[error("the answer can't be read")]
    Undecodable,
    /// The API answered `null`: there is no such thing, or not yet.
    #[error("not there (yet)")]
    Missing,
}

/// A value and the JSON text that it was decoded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched<T> {
    /// The decoded value.
    pub value: T,
    /// The API's answer, word for word.
    pub json: String,
}

impl<T: Decode> Fetched<T> {
    /// Decodes an answer of the API.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    pub fn decode(json: String) -> Result<Self, Error> {
        Ok(Self {
            value: T::decode(&json)?,
            json,
        })
    }
}

/// Both APIs: Firebase, the official one and the source of truth, one request an item; and
/// Algolia, the search index, which has whole threads.
#[derive(Clone)]
pub struct Client {
    http: Rc<http::Client>,
    firebase: Rc<str>,
    algolia: Rc<str>,
}

impl Client {
    /// A client of the APIs at these addresses, such as `https://hacker-news.firebaseio.com/v0`
    /// and `https://hn.algolia.com/api/v1`.
    pub fn new(http: Rc<http::Client>, firebase: &str, algolia: &str) -> Self {
        Self {
            http,
            firebase: firebase.trim_end_matches('/').into(),
            algolia: algolia.trim_end_matches('/').into(),
        }
    }

    /// The engine that carries the requests.
    pub fn http(&self) -> &http::Client {
        &self.http
    }

    /// How well Hacker News itself can be reached.
    pub fn reach(&self) -> http::Reach {
        self.http.reach(&self.firebase)
    }

    /// The current ranking of a feed: up to 500 ids.
    ///
    /// # Errors
    /// See [`Error`]; so for all that follow.
    pub async fn feed(&self, feed: Feed, ask: Ask) -> Result<Vec<Id>, Error> {
        Vec::decode(&self.get(feed.path(), ask).await?)
    }

    /// One item.
    pub async fn item(&self, id: Id, ask: Ask) -> Result<Fetched<Item>, Error> {
        let item = Fetched::<Item>::decode(self.get(&format!("item/{id}.json"), ask).await?)?;
        match item.value.id == id {
            true => Ok(item),
            false => Err(Error::Undecodable),
        }
    }

    /// One profile. Names are case-sensitive.
    pub async fn user(&self, name: &str, ask: Ask) -> Result<Fetched<User>, Error> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err(Error::Missing);
        }
        Fetched::decode(self.get(&format!("user/{name}.json"), ask).await?)
    }

    /// An item and all below it, as far as the index knows.
    pub async fn tree(&self, id: Id, ask: Ask) -> Result<Tree, Error> {
        let url = format!("{}/items/{id}", self.algolia);
        Tree::read(&self.http.get(&url, ask).await?)
    }

    /// One page of what the index finds, as of `now`.
    pub async fn search(&self, query: &Query, now: Timestamp, ask: Ask) -> Result<Hits, Error> {
        let url = format!("{}/{}", self.algolia, query.path(now));
        Hits::decode(&self.http.get(&url, ask).await?)
    }

    async fn get(&self, path: &str, ask: Ask) -> Result<String, Error> {
        let url = format!("{}/{path}", self.firebase);
        Ok(self.http.get(&url, ask).await?)
    }
}
