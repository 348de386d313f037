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
    std::env::set_var("DSTACK_SIMULATOR_ENDPOINT", format!("{}.absent", setting("SOCKET")));
    assert!(DstackClient::new(None).info().await.is_err());
}
