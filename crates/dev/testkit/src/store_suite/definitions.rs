//! Definitions that cases rest on.

use store_port::{DefinitionItem, DefinitionsRow};

use super::{Place, at};

fn item(kind: &str, id: &str, revision: &str) -> DefinitionItem {
    DefinitionItem { kind: kind.to_owned(), id: id.to_owned(), revision: revision.to_owned() }
}

fn row(catalogue: &str, minutes: i64, items: &[(&str, &str, &str)]) -> DefinitionsRow {
    DefinitionsRow {
        catalogue: catalogue.to_owned(),
        format: 1,
        first_used_at: at(minutes),
        source: vec![0, 159, 146, 150, 255],
        items: items.iter().map(|(kind, id, revision)| item(kind, id, revision)).collect(),
    }
}

/// What is kept under a revision is the first that was said, with all its items.
pub async fn definitions_are_kept_once(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.list_definitions().await.expect("a list"), []);
    assert_eq!(store.find_definitions("aa").await.expect("an answer"), None);
    let first = row("aa", 1, &[("matter", "newborn", "m1"), ("service", "hukou", "s1")]);
    assert!(store.put_definitions(&first).await.expect("kept"));
    let other = DefinitionsRow { source: vec![1], ..row("aa", 9, &[("matter", "newborn", "m9")]) };
    assert!(!store.put_definitions(&other).await.expect("kept before"));
    assert_eq!(store.find_definitions("aa").await.expect("an answer"), Some(first));
    let unheard = store.find_catalogue_with(&item("matter", "newborn", "m9")).await;
    assert_eq!(unheard.expect("an answer"), None, "nothing of what was said later is kept");
}

/// Of several catalogues with one revision, the one that came into use last is found; kinds are apart.
pub async fn a_revision_leads_to_its_latest_definitions(place: &Place) {
    let store = place.open().await;
    for (catalogue, minutes, matter, service) in
        [("cc", 1, "m1", "s1"), ("aa", 2, "m2", "s1"), ("bb", 3, "m3", "s2")]
    {
        let items = [("matter", "it", matter), ("service", "it", service)];
        assert!(store.put_definitions(&row(catalogue, minutes, &items)).await.expect("kept"));
    }
    for (kind, revision, expected) in [
        ("matter", "m1", Some("cc")),
        ("matter", "m2", Some("aa")),
        ("service", "s1", Some("aa")),
        ("service", "s2", Some("bb")),
        ("service", "m1", None),
        ("matter", "s2", None),
    ] {
        let found = store.find_catalogue_with(&item(kind, "it", revision)).await;
        assert_eq!(found.expect("an answer").as_deref(), expected, "{kind} {revision}");
    }
    let kept = store.list_definitions().await.expect("a list");
    let kept: Vec<&str> = kept.iter().map(|kept| kept.catalogue.as_str()).collect();
    assert_eq!(kept, ["cc", "aa", "bb"], "in the order of first use");
}

/// Nodes that start together keep the same definitions once, and none of them fails.
pub async fn racers_keep_the_same_definitions_once(place: &Place) {
    let store = place.open().await;
    let same = row("aa", 1, &[("matter", "newborn", "m1"), ("service", "hukou", "s1")]);
    let racers = (0..8).map(|_| {
        let (store, same) = (store.clone(), same.clone());
        tokio::spawn(async move { store.put_definitions(&same).await.expect("kept") })
    });
    let racers: Vec<_> = racers.collect();
    let mut first = 0;
    for racer in racers {
        first += u32::from(racer.await.expect("a racer"));
    }
    assert_eq!(first, 1);
    assert_eq!(store.find_definitions("aa").await.expect("an answer"), Some(same));
}
