//! From a cold start to the first story painted: with an API that answers at once, without a
//! network, and with an API that hangs.

use e2e::{Browser, Page, Site, generated, until};
use replay::{Config, Rule};
use serde_json::json;

use crate::figure::{Figure, median};

const RUNS: usize = 10;

/// What the network does.
#[derive(Clone, Copy, Debug)]
enum Network {
    Answers,
    Gone,
    Hangs,
}

/// Notes when the first story has been painted, counted from the start of the navigation.
const NOTE: &str = "
    new MutationObserver((_, observer) => {
        if (!document.querySelector('.stories .title a')) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); }, 0));
    }).observe(document, {subtree: true, childList: true});";

/// The first story of a page that was read before, with the worker asleep, in turn.
pub async fn start(browser: &Browser) -> Vec<Figure> {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.at_rest().await;
    browser.command("ServiceWorker.enable", json!({})).await;
    let note = json!({"identifier": browser.run_first(NOTE).await["identifier"]});

    let [mut answers, mut gone, mut hangs] = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        for (network, times) in [
            (Network::Answers, &mut answers),
            (Network::Gone, &mut gone),
            (Network::Hangs, &mut hangs),
        ] {
            times.push(first_story(browser, &site, network).await);
        }
    }
    browser
        .command("Page.removeScriptToEvaluateOnNewDocument", note)
        .await;
    let (answers, gone, hangs) = (median(answers), median(gone), median(hangs));
    vec![
        Figure::plain("first story, the API answers at once", answers, "ms"),
        Figure::plain("first story, no network", gone, "ms"),
        Figure::plain("no network against an instant API", gone / answers, "x").at_most(1.3),
        Figure::plain("first story, the API hangs", hangs, "ms"),
        Figure::plain("a hanging against an instant API", hangs / answers, "x").at_most(1.3),
    ]
}

async fn first_story(browser: &Browser, site: &Site, network: Network) -> f64 {
    browser.goto("about:blank").await;
    site.server.clear_rules();
    match network {
        Network::Answers => site.server.restart().await.expect("the port is still free"),
        Network::Gone => site.server.stop().await,
        Network::Hangs => {
            site.server.restart().await.expect("the port is still free");
            site.server.rule(Rule::any().hang());
        }
    }
    site.server.reset();
    let none = json!({});
    browser.command("ServiceWorker.stopAllWorkers", none).await;
    let page = Page::open(browser, site, "").await;
    let took = until("a story is painted", async || {
        let painted = browser.try_run("return window.painted", Vec::new()).await?;
        painted.as_f64().ok_or_else(|| painted.to_string())
    })
    .await;
    match network {
        Network::Answers => drop(page.settled(30).await),
        Network::Gone => assert_eq!(site.server.stats().file_requests(), 0),
        Network::Hangs => assert_eq!(site.server.stats().answered, 0),
    }
    took
}
