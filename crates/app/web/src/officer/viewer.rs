//! The viewer of the files that were handed to one service: a page of its own inside the case page's frame, so that
//! turning a file never loses what is typed beside it. Every step is a plain link.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::desk;
use super::received;
use crate::access::Action;
use crate::errors::WebError;
use crate::middleware::Framed;
use crate::page::Page;
use crate::state::App;
use crate::views::render;

/// Sizes in per cent; 0 = as wide as the frame.
const ZOOMS: [u16; 6] = [0, 50, 100, 150, 200, 300];
/// Pages of a document are asked for up to here.
const PAGE_MAX: u32 = 999;

#[derive(Deserialize, Default, Debug)]
#[serde(default)]
pub struct Look {
    file: String,
    zoom: u16,
    turn: u16,
    page: u32,
}

#[derive(Debug)]
struct FileLink {
    name: String,
    slot: String,
    href: String,
    current: bool,
    supplement: bool,
}

/// What can be done with the file in view.
#[derive(Debug)]
struct Shown {
    src: String,
    open: String,
    name: String,
    slot: String,
    details: String,
    picture: bool,
    class: String,
    zoom: String,
    smaller: String,
    larger: String,
    fit: String,
    turned: String,
    before: String,
    after: String,
    page: u32,
    page_before: String,
    page_after: String,
}

#[derive(Template, Debug)]
#[template(path = "officer/viewer.html")]
struct ViewerPage<'a> {
    p: &'a Page,
    files: Vec<FileLink>,
    at: usize,
    shown: Option<Shown>,
}

/// GET …/files.
pub async fn files(
    State(app): State<App>,
    page: Page,
    Path((case, node)): Path<(String, String)>,
    Query(look): Query<Look>,
) -> Result<Response, Response> {
    let found = async {
        let desk = desk::load(&app, &page, &case, &node, Action::SeeEvidence).await?;
        let address = desk.address()?;
        let service = desk.service()?;
        let slots = received::evidence(&desk.catalogue, &page, &desk.file, service);
        let files: Vec<_> =
            slots.iter().flat_map(|slot| slot.files.iter().map(move |file| (slot, file))).collect();
        let at = files.iter().position(|(_, file)| file.id == look.file).unwrap_or(0);
        let view = Look {
            zoom: ZOOMS.into_iter().find(|zoom| *zoom == look.zoom).unwrap_or(0),
            turn: look.turn % 360 / 90 * 90,
            page: look.page.clamp(1, PAGE_MAX),
            file: look.file,
        };
        let link = |position: usize, view: &Look| {
            let file = files.get(position).map(|(_, file)| file.id.as_str()).unwrap_or_default();
            let Look { zoom, turn, page, .. } = view;
            format!("{address}/files?file={file}&zoom={zoom}&turn={turn}&page={page}")
        };
        let plain = Look { page: 1, ..Look::default() };
        let shown = files.get(at).map(|(slot, file)| shown(&address, slot, file, &view, at, &link));
        let shown = shown.map(|it| Shown {
            before: if at > 0 { link(at - 1, &plain) } else { String::new() },
            after: if at + 1 < files.len() { link(at + 1, &plain) } else { String::new() },
            ..it
        });
        let mut response = render(&ViewerPage {
            p: &page,
            files: files
                .iter()
                .enumerate()
                .map(|(position, (slot, file))| FileLink {
                    name: file.name.clone(),
                    slot: slot.name.clone(),
                    href: link(position, &plain),
                    current: position == at,
                    supplement: file.supplement,
                })
                .collect(),
            at: at + 1,
            shown,
        })?;
        response.extensions_mut().insert(Framed);
        Ok(response)
    };
    found.await.map_err(|error: WebError| error.into_page(&page))
}

fn shown(
    address: &str,
    slot: &received::SlotView,
    file: &received::FileView,
    view: &Look,
    at: usize,
    link: &impl Fn(usize, &Look) -> String,
) -> Shown {
    let like =
        |zoom: u16, turn: u16, page: u32| link(at, &Look { file: String::new(), zoom, turn, page });
    let size = ZOOMS.iter().position(|zoom| *zoom == view.zoom).unwrap_or(0);
    // "As wide as the frame" stands at the hundred when it is made smaller or larger.
    let size = if size == 0 { 2 } else { size };
    let step = |position: usize| ZOOMS.get(position).copied().unwrap_or(view.zoom);
    let open = format!("{address}/evidence/{}", file.id);
    let zoom = if view.zoom == 0 { "page-width".to_owned() } else { view.zoom.to_string() };
    Shown {
        src: if file.picture {
            open.clone()
        } else {
            format!("{open}#page={}&zoom={zoom}&navpanes=0", view.page)
        },
        open,
        name: file.name.clone(),
        slot: slot.name.clone(),
        details: format!("{} · {}", file.size, file.uploaded),
        picture: file.picture,
        class: format!("zoom{} turn{}", view.zoom, view.turn),
        zoom: if view.zoom == 0 { String::new() } else { format!("{}%", view.zoom) },
        smaller: if size > 1 { like(step(size - 1), view.turn, view.page) } else { String::new() },
        larger: if size + 1 < ZOOMS.len() {
            like(step(size + 1), view.turn, view.page)
        } else {
            String::new()
        },
        fit: like(0, view.turn, view.page),
        turned: like(view.zoom, (view.turn + 90) % 360, view.page),
        before: String::new(),
        after: String::new(),
        page: view.page,
        page_before: if view.page > 1 {
            like(view.zoom, view.turn, view.page - 1)
        } else {
            String::new()
        },
        page_after: like(view.zoom, view.turn, (view.page + 1).min(PAGE_MAX)),
    }
}
