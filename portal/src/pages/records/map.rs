//! Places on a map of the world that needs no network: equirectangular, one degree is one unit.
//!
//! The outline is Natural Earth's land 1:110m (public domain), simplified to half a degree.

use leptos::prelude::*;
use serde_json::Value;

use super::{href, kinds::Kind, list::name_of};
use crate::{routes::Group, ui::panel::Panel};

const LAND: &str = include_str!("../../../assets/land.txt");

/// A map with the documents that say where they are; nothing where none does.
pub fn of(rows: &[Value], group: Group, kind: &Kind) -> AnyView {
    let places: Vec<(f64, f64, &Value)> =
        rows.iter().filter_map(|row| point(row).map(|(east, north)| (east, north, row))).collect();
    if places.is_empty() {
        return ().into_any();
    }
    let pins: Vec<_> = places
        .iter()
        .map(|(east, north, row)| {
            let id = super::kinds::text(row, "id");
            let name = name_of(row);
            let about = format!("{name}: {north:.3}° north, {east:.3}° east");
            // Inside `g`, so that the link is SVG's and not HTML's.
            html! {
                <g><a href=href(group, kind, Some(&id)) aria-label=about>
                    <circle class="halo" cx=*east cy=-north r="3.4" /><circle class="pin" cx=*east cy=-north r="1.5" />
                </a></g>
            }
        })
        .collect();
    let lines: String = (-5..=5)
        .map(|line| format!("M{} -84V84", line * 30))
        .chain((-2..=2).map(|line| format!("M-180 {}H180", line * 30)))
        .collect();
    html! {
        <Panel title=format!("On the map ({})", places.len())>
            <svg class="map" viewBox="-180 -84 360 144" role="group" aria-label="Map of the world with the places of this page">
                <path class="land" d=LAND /><path class="lines" d=lines />{pins}
            </svg>
        </Panel>
    }
}

/// Degrees east and north of the first point a document holds: GeoJSON's `coordinates`, TMF675's points (`x` is the
/// longitude), or `longitude` and `latitude`, as numbers or texts.
fn point(value: &Value) -> Option<(f64, f64)> {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    match value {
        Value::Object(members) => {
            let pair = |east: &str, north: &str| {
                Some((members.get(east).and_then(number)?, members.get(north).and_then(number)?))
            };
            let found = pair("x", "y").or_else(|| pair("longitude", "latitude")).or_else(|| pair("lon", "lat"));
            let on_earth = |(east, north): &(f64, f64)| east.abs() <= 180.0 && north.abs() <= 90.0;
            found.filter(on_earth).or_else(|| members.values().find_map(point)).or_else(|| middle(members.get("bbox")?))
        }
        Value::Array(items) => match items.as_slice() {
            [east, north] | [east, north, _] if east.is_number() && north.is_number() => {
                Some((east.as_f64()?, north.as_f64()?))
                    .filter(|(east, north)| east.abs() <= 180.0 && north.abs() <= 90.0)
            }
            _ => items.iter().find_map(point),
        },
        _ => None,
    }
}

/// The middle of a bounding box: west, south, east, north.
fn middle(bbox: &Value) -> Option<(f64, f64)> {
    let [west, south, east, north] = bbox.as_array()?.as_slice() else { return None };
    Some(((west.as_f64()? + east.as_f64()?) / 2.0, (south.as_f64()? + north.as_f64()?) / 2.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::point;

    #[test]
    fn points_are_found_where_documents_keep_them() {
        assert_eq!(point(&json!({"geometry": [{"x": "8.5", "y": "47.4"}]})), Some((8.5, 47.4)));
        assert_eq!(point(&json!({"geometry": {"type": "Point", "coordinates": [8.5, 47.4]}})), Some((8.5, 47.4)));
        assert_eq!(point(&json!({"place": {"latitude": 47.4, "longitude": 8.5}})), Some((8.5, 47.4)));
        assert_eq!(point(&json!({"bbox": [8, 47, 9, 48]})), Some((8.5, 47.5)));
        assert_eq!(point(&json!({"x": 500, "y": 1})), None);
        assert_eq!(point(&json!({"name": "x"})), None);
    }
}
