#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/mapping.hpp"
#include "import/mapping_table.hpp"

namespace lamplight::importer {

/// Reads the parts of a mapping into a Mapping; whatever is wrong goes to the complaint.
class MappingBuilder {
 public:
  MappingBuilder(Mapping& mapping, const TomlNode& root)
      : mapping_(mapping), complaint_(mapping.file), root_(root, "", complaint_) {}

  /// Errors: the first thing that is wrong.
  [[nodiscard]] Result<void> build();

 private:
  [[nodiscard]] MappingTable part(std::string_view name);

  void read_format(MappingTable table);
  void read_time(MappingTable table);
  void read_record();
  void read_alert(MappingTable table);
  void read_report(MappingTable table);
  void read_report_field(MappingTable& table, const FieldInfo& field);
  void read_counts();
  void read_operations(MappingTable& table);
  void check_required_of_report(MappingTable& report);
  [[nodiscard]] bool maps_occurred() const;
  [[nodiscard]] std::string_view occurred_name() const;
  void read_places(MappingTable table);
  void read_stages(MappingTable table);
  void read_incident(MappingTable table);
  void read_skip();
  void check_required(MappingTable& alert);

  // A value: its own table, or one that stands for a column's name.
  struct Value {
    TomlNode stand_in;
    std::string path;
  };
  std::optional<Value> value(const TomlNode& node, std::string path);
  Source read_source(MappingTable& table, const std::vector<std::string>& takes,
                     std::size_t fallback, bool row_number);
  std::vector<Piece> read_template(MappingTable& table, std::string_view text);
  TextSpec read_text(const TomlNode& node, const std::string& path, bool row_number, bool list);
  void read_steps(MappingTable& table, TextSpec& spec);
  std::optional<Split> read_split(MappingTable& table);
  TimeSpec read_time_spec(const TomlNode& node, const std::string& path, bool stage);
  AmountSpec read_amount(const TomlNode& node, const std::string& path);
  NumberSpec read_number(const TomlNode& node, const std::string& path);
  std::vector<TextSpec> read_text_list(const TomlNode& node, const std::string& path);
  std::vector<TimeFormat> read_formats(MappingTable& table, std::string_view key);
  std::optional<Zone> read_zone(MappingTable& table);
  std::size_t column(const ColumnName& name);
  std::optional<std::size_t> column_of(const TomlNode& node, std::string_view path);

  Mapping& mapping_;
  Complaint complaint_;
  MappingTable root_;
  TomlNode empty_{.kind = TomlNode::Kind::kTable};
  std::optional<Zone> zone_;
  std::vector<TimeFormat> formats_;
  std::vector<TimeFormat> stage_formats_;
  std::optional<Base> base_;
};

}  // namespace lamplight::importer
