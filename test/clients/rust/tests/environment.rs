//! How the clients find the simulator when no endpoint is given. One test: the
//! environment belongs to the whole process.

use dstack_sdk::dstack_client::DstackClient;
use dstack_sdk::tappd_client::TappdClient;
use dstack_simulator_clients::*;

#[tokio::test]
async fn the_environment_names_the_endpoint() {
    for (dstack, tappd) in [("URL", "URL"), ("SOCKET", "TAPPD_SOCKET"), ("TAPPD_SOCKET", "SOCKET")] {
        std::env::set_var("DSTACK_SIMULATOR_ENDPOINT", setting(dstack));
        std::env::set_var("TAPPD_SIMULATOR_ENDPOINT", setting(tappd));
        let info = DstackClient::new(None).info().await.unwrap();
        let old = TappdClient::new(None).info().await.unwrap();
        assert_eq!(info.app_id, old.app_id, "{dstack} and {tappd}");
    }
    wrong_addresses_are_refused().await;
}

/// With this simulator's addresses in place of the documented ones.
fn real(text: &str) -> String {
    let (url, socket) = (setting("URL"), setting("SOCKET"));
    let authority = url.strip_prefix("http://").expect("a plain URL");
    let directory = std::path::Path::new(&socket).parent().expect("a directory").display().to_string();
    text.replace("{url}", &url)
        .replace("{authority}", authority)
        .replace("{directory}", &directory)
        .replace("localhost:8090", authority)
        .replace("/work", &directory)
}

async fn wrong_addresses_are_refused() {
    let rows = std::fs::read_to_string(setting("ENDPOINTS")).expect("the list of addresses");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).expect("JSON");
    for row in rows {
        let text = |name: &str| real(row[name].as_str().expect("a text"));
        std::env::set_var("DSTACK_SIMULATOR_ENDPOINT", text("endpoint"));
        let error = DstackClient::new(None).info().await.expect_err("an error");
        let said = format!("{error:#}");
        assert!(said.contains(&text("rust")), "{}: {said}", row["form"]);
    }
}
