/* Listeners of several TDs: each serves its own, and a Shutdown ends those of one. */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/process/endpoints.h"
#include "sim/process/socket_name.h"
#include "test/unit/observer_fixture.h"
#include "test/unit/td_fixture.h"

#define TDS 2
#define REQUEST(verb, path, body_bytes)                                                                      \
    verb " " path " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: " body_bytes "\r\n\r\n"

struct world {
    uv_loop_t loop;
    struct server *server;
    struct endpoints endpoints;
    struct cluster *cluster;
    struct faults faults;
    struct stats *stats;
    bool is_stopping;
    char directory[40];
    char paths[TDS][64];
    int shut_down[TDS]; /* how often, by the TD's number less one */
    int released[TDS];  /* likewise */
};

static const struct options options = {.socket_mode = 0777};

static void shut_down(void *data, struct td *td)
{
    struct world *world = data;

    world->shut_down[td->number - 1]++;
    assert_true(endpoints_close_owned(&world->endpoints, td));
}

static void on_released(void *data, void *td)
{
    struct world *world = data;

    world->released[((struct td *)td)->number - 1]++;
}

static void serve_td(struct world *world, struct td *td)
{
    struct listen_spec spec = {.kind = LISTEN_UNIX};
    struct error error = {.kind = ERROR_NONE};
    const struct site site = {
        .cluster = world->cluster,
        .td = td,
        .faults = &world->faults,
        .faults_at_start = &world->faults,
        .stats = world->stats,
        .is_stopping = &world->is_stopping,
        .shut_down = shut_down,
        .data = world,
    };
    char *path = world->paths[td->number - 1];

    snprintf(path, sizeof *world->paths, "%s/%u.sock", world->directory, td->number);
    strcpy(spec.address, path);
    socket_name_services(&spec, "dstack,guest", false);
    if (endpoints_add(&world->endpoints, &spec, &site, td, &error))
        fail_msg("%s", error.text);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;

    strcpy(world->directory, "/tmp/test_endpoints.XXXXXX");
    if (!mkdtemp(world->directory))
        return -1;
    uv_loop_init(&world->loop);
    world->server = server_new(&world->loop, &observer_idle);
    world->endpoints = (struct endpoints){
        .server = world->server, .options = &options, .on_released = on_released, .data = world};
    world->stats = stats_new();
    world->cluster = td_fixture_cluster(NULL, NULL);
    td_config_init(&config);
    config.instance = "second";
    if (!cluster_add(world->cluster, &config, &error))
        fail_msg("%s", error.text);
    for (struct td *td = world->cluster->first; td; td = td->next)
        serve_td(world, td);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    server_stop(world->server, NULL, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    server_free(world->server);
    endpoints_free(&world->endpoints);
    stats_free(world->stats);
    cluster_free(world->cluster);
    if (world->endpoints.first || uv_loop_close(&world->loop) != 0 || rmdir(world->directory) != 0)
        return -1;
    free(world);
    return 0;
}

/* Returns whether anything listens there; the answer's first bytes are in text. */
static bool ask(struct world *world, int td, const char *request, char *text, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    bool is_there;
    ssize_t got = -1;

    strcpy(address.sun_path, world->paths[td]);
    is_there = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
               send(fd, request, strlen(request), MSG_NOSIGNAL) > 0;
    for (int i = 0; is_there && got < 0 && i < 20; i++) {
        uv_run(&world->loop, UV_RUN_NOWAIT);
        got = recv(fd, text, size - 1, 0);
    }
    text[got > 0 ? got : 0] = '\0';
    close(fd);
    uv_run(&world->loop, UV_RUN_NOWAIT);
    return is_there;
}

static void each_answers_for_its_own_td(void **state)
{
    struct world *world = *state;
    const size_t boot = world->cluster->first->state.log.count;
    char text[2000];

    assert_true(ask(world, 1, REQUEST("POST", "/EmitEvent", "30") "{\"event\":\"e\",\"payload\":\"1234\"}",
                    text, sizeof text));
    assert_non_null(strstr(text, " 200 OK"));
    assert_int_equal(world->cluster->first->state.log.count, boot);
    assert_int_equal(world->cluster->first->next->state.log.count, boot + 1);
}

static void a_shutdown_ends_the_listeners_of_its_td(void **state)
{
    struct world *world = *state;
    char text[2000];

    assert_true(ask(world, 1, REQUEST("POST", "/api/Shutdown", "2") "{}", text, sizeof text));
    assert_non_null(strstr(text, " 200 OK"));
    assert_non_null(strstr(text, "Connection: close"));
    assert_int_equal(world->shut_down[1], 1);
    assert_int_equal(world->shut_down[0], 0);
    assert_false(ask(world, 1, REQUEST("GET", "/Version", "0"), text, sizeof text));
    assert_true(ask(world, 0, REQUEST("GET", "/Version", "0"), text, sizeof text));
    assert_non_null(strstr(text, " 200 OK"));
    assert_int_equal(world->released[1], 1);
    assert_int_equal(world->released[0], 0);
    assert_false(endpoints_close_owned(&world->endpoints, world->cluster->first->next));
    cluster_remove(world->cluster, world->cluster->first->next);
    assert_true(ask(world, 0, REQUEST("GET", "/Version", "0"), text, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_answers_for_its_own_td, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shutdown_ends_the_listeners_of_its_td, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
