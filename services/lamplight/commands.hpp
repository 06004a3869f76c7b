#pragma once

#include "program.hpp"

namespace CLI {
class App;
}

/// One function a command, each in a file of its own that alone includes CLI11. It adds its sub-command to `app`,
/// and sets `program.run` when that command is chosen:
///
///     void add_post(CLI::App& app, Program& program) {
///       auto options = std::make_shared<PostOptions>();
///       CLI::App* command = app.add_subcommand("post", "Send alerts to intake");
///       command->add_option("file", options->file, "…")->required();
///       command->callback([&program, options] { program.run = [&program, options] { return post(program, *options); }; });
///     }
///
/// Commands of several files have a folder of their own with a CMakeLists.txt that defines lamplight::command_<folder>.
namespace lamplight::cli {

void add_up(CLI::App& app, Program& program);
void add_run(CLI::App& app, Program& program);
void add_demo(CLI::App& app, Program& program);    // demo/
void add_import(CLI::App& app, Program& program);  // import/
void add_post(CLI::App& app, Program& program);
void add_tail(CLI::App& app, Program& program);
void add_report(CLI::App& app, Program& program);
void add_rules(CLI::App& app, Program& program);  // rules check, publish, list, show
void add_rehearse(CLI::App& app, Program& program);
void add_campaign(CLI::App& app, Program& program);  // campaign check, apply, list, show
void add_case(CLI::App& app, Program& program);      // case list, show, history, assess, …
void add_init(CLI::App& app, Program& program);
void add_officer(CLI::App& app, Program& program);  // officer add, change, password, list, revoke
void add_hand_over(CLI::App& app, Program& program);
void add_log(CLI::App& app, Program& program);  // log verify, log dump, log repair, log go-live
void add_log_repair(CLI::App& log, Program& program);
void add_go_live(CLI::App& app, Program& program);
void add_clock(CLI::App& app, Program& program);
void add_schema(CLI::App& app, Program& program);

}  // namespace lamplight::cli
