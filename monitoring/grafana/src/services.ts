// 系统运行监测 / Bus and services: what to look at first when something is wrong.
import { board, lines, number, rows, state } from "./panels.ts";

const words = { one: "正常 / ready", zero: "未就绪 / not ready" };

const overview = [
  state({
    title: "总线 / Bus",
    about: "总线是否接收事件。 Whether the bus takes events. 变红：docs/runbooks/BusDown.md / Red: that page.",
    unit: "none", base: "red", steps: [[1, "green"]],
    queries: [{ expr: 'lamplight_ready{service="broker"}' }], place: { x: 0, y: 0, w: 3, h: 4 },
  }, words),
  state({
    title: "接入 / Intake",
    about: "联动单位能否报送。 Whether partners can post. 变红：docs/runbooks/IntakeDown.md / Red: that page.",
    unit: "none", base: "red", steps: [[1, "green"]],
    queries: [{ expr: 'lamplight_ready{service="intake"}' }], place: { x: 3, y: 0, w: 3, h: 4 },
  }, words),
  state({
    title: "统计 / Tally",
    about: "数字是否在更新。 Whether figures are kept. 变红：docs/runbooks/ConsumerStuck.md / Red: that page.",
    unit: "none", base: "red", steps: [[1, "green"]],
    queries: [{ expr: 'lamplight_ready{service="tally"}' }], place: { x: 6, y: 0, w: 3, h: 4 },
  }, words),
  state({
    title: "内循环 / Inner loop",
    about: "内循环是否在办理与计数。 Whether the inner loop decides. 变红：docs/runbooks/ServiceHalted.md / Red: that page.",
    unit: "none", base: "red", steps: [[1, "green"]],
    queries: [{ expr: 'lamplight_ready{service="inner"}' }], place: { x: 9, y: 0, w: 3, h: 4 },
  }, words),
  state({
    title: "工作台 / Console",
    about: "民警能否办理。 Whether officers can work. 变红：docs/runbooks/ConsumerStuck.md / Red: that page.",
    unit: "none", base: "red", steps: [[1, "green"]],
    queries: [{ expr: 'lamplight_ready{service="console"}' }], place: { x: 12, y: 0, w: 3, h: 4 },
  }, words),
  state({
    title: "日志写盘 / Log",
    about: "写盘或同步失败后为红，总线停止接收。 Red after a failed write or sync. 变红：docs/runbooks/LogFailed.md / Red: that page.",
    unit: "none", base: "green", steps: [[1, "red"]],
    queries: [{ expr: "lamplight_log_failed" }], place: { x: 15, y: 0, w: 3, h: 4 },
  }, { one: "失败 / failed", zero: "正常 / well" }),
  state({
    title: "总线时钟 / Bus clock",
    about: "系统时钟跳变超过 5 秒后等待确认。 Held after a step of the wall clock over 5 s. 变红：docs/runbooks/ClockHeld.md / Red: that page.",
    unit: "none", base: "green", steps: [[1, "red"]],
    queries: [{ expr: "lamplight_bus_clock_held" }], place: { x: 18, y: 0, w: 3, h: 4 },
  }, { one: "待确认 / held", zero: "正常 / well" }),
  number({
    title: "告警 / Firing alerts",
    about: "正在触发的告警数。 Alerts that fire now. 变红：看下表 / Red: see the table below.",
    unit: "none", decimals: 0, steps: [[1, "red"]],
    queries: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)' }], place: { x: 21, y: 0, w: 3, h: 4 },
  }),
  rows({
    title: "正在触发的告警 / Alerts that fire",
    about: "每条告警一行，处置见 docs/runbooks/<alertname>.md。 One line each; docs/runbooks has a page for every name.",
    unit: "none", base: "red",
    queries: [{ expr: 'count by (alertname, severity) (ALERTS{alertstate="firing"})' }], place: { x: 0, y: 4, w: 12, h: 6 },
    emptyWhenWell: "no alert fires.",
  }, { alertname: "告警 / Alert", severity: "级别 / Severity" }, { name: "条数 / Number", painted: true }),
  rows({
    title: "版本 / Versions",
    about: "各服务版本与提交。 Version and commit of each service. 不一致：升级未完成 / Different ones: an upgrade is not finished.",
    unit: "none", base: "blue",
    queries: [{ expr: "sum by (job, version, commit) (lamplight_build_info)" }], place: { x: 12, y: 4, w: 12, h: 6 },
  }, { job: "服务 / Service", version: "版本 / Version", commit: "提交 / Commit" }, { name: "进程 / Processes" }),
];

const states = {
  connecting: "连接中 / connecting", replaying: "回放中 / replaying", follower: "跟随 / follower", live: "在役 / live", halted: "停机 / halted",
  draining: "收尾 / draining",
};
const deciders = [
  rows({
    title: "服务状态 / States of services",
    about: "每个服务处于何种状态、几个进程。 The state of each service, and of how many processes. 停机：docs/runbooks/ServiceHalted.md；只有跟随而无在役：无人裁决，docs/runbooks/InnerOverdue.md / Halted: that page. A follower and nobody live: nobody decides.",
    unit: "none", decimals: 0, base: "blue", words: states,
    queries: [{ expr: "sum by (service, state) (lamplight_service_state) > 0" }], place: { x: 0, y: 10, w: 8, h: 8 },
  }, { service: "服务 / Service", state: "状态 / State" }, { name: "进程 / Processes" }),
  rows({
    title: "停机偏移量 / Halted at",
    about: "停机服务所停的偏移量；该处事件未被办理。 Where a service halted; the event there is not decided. 出现即处置：docs/runbooks/ServiceHalted.md / Any line: that page.",
    unit: "locale", decimals: 0, base: "red", emptyWhenWell: "no service is halted.",
    queries: [{ expr: "max by (service) (lamplight_service_halted_offset > 0)" }], place: { x: 8, y: 10, w: 5, h: 8 },
  }, { service: "服务 / Service" }, { name: "偏移量 / Offset", painted: true }),
  lines({
    title: "裁决驳回 / Requests refused",
    about: "每秒被裁决服务驳回的请求，按所违规则。 Requests that deciders refused a second, by the rule that they broke. version 上升：多人同改一件；same_officer：提醒回避 / version rising: several work on one case.",
    unit: "reqps", base: "blue",
    queries: [{ expr: "topk(12, sum by (service, reason) (rate(lamplight_requests_refused_total[$__rate_interval])))", legend: "{{service}} {{reason}}" }], place: { x: 13, y: 10, w: 11, h: 8 },
  }, { legend: "right" }),
];

const road = [
  lines({
    title: "请求速率 / Requests",
    about: "每秒应答数，按状态码。 Answers a second by code. 5xx 或 429 上升：看总线与磁盘 / 5xx or 429 rising: look at bus and disk.",
    unit: "reqps", base: "blue",
    queries: [{ expr: "topk(12, job_code:lamplight_http_requests:rate1m)", legend: "{{job}} {{code}}" }], place: { x: 0, y: 18, w: 8, h: 9 },
  }, { legend: "right" }),
  lines({
    title: "请求耗时 P99 / Request duration, p99",
    about: "各接口 99% 请求的耗时上限。 99 % of the requests of a route take no longer. 变红：看落盘确认耗时 / Red: look at the acknowledgement beside it.",
    unit: "s", steps: [[1, "red"]],
    queries: [{ expr: "topk(12, job_route:lamplight_http_request_duration_seconds:p99_5m)", legend: "{{method}} {{route}}" }], place: { x: 8, y: 18, w: 8, h: 9 },
  }),
  lines({
    title: "接入拒绝 / Requests turned away",
    about: "未处理即拒绝的请求，按原因。 Requests refused before they were looked at, by reason. 持续上升：unavailable 看总线，overloaded 看磁盘 / Rising: unavailable points to the bus, overloaded to the disk.",
    unit: "reqps", steps: [[1, "red"]],
    queries: [{ expr: "topk(12, sum by (reason) (rate(lamplight_http_refused_total[$__rate_interval])))", legend: "{{reason}}" }], place: { x: 16, y: 18, w: 8, h: 9 },
    emptyWhenWell: "a reason has no series before its first refusal.",
  }, { legend: "right" }),
  lines({
    title: "发布速率 / Events published",
    about: "每秒写入日志的事件，按主题。 Events a second onto the log, by subject. 归零而平日有报送：查接入 / 0 where there should be some: look at intake.",
    unit: "eps", base: "blue",
    queries: [{ expr: "topk(12, sum by (subject_group) (rate(lamplight_bus_published_total[$__rate_interval])))", legend: "{{subject_group}}" }], place: { x: 0, y: 27, w: 8, h: 9 },
  }),
  lines({
    title: "落盘确认耗时 / Durable acknowledgement",
    about: "从收到到落盘确认。目标：99.9% 在 100 毫秒内。 From arrival to durable; the objective is 99.9 % within 100 ms. 变红：docs/runbooks/AckSlow.md / Red: that page.",
    unit: "s", steps: [[0.1, "red"]],
    queries: [{ expr: "job:lamplight_bus_ack_duration_seconds:p50_5m", legend: "p50" },
      { expr: "job:lamplight_bus_ack_duration_seconds:p99_5m", legend: "p99" },
      { expr: "job:lamplight_log_sync_duration_seconds:p99_5m", legend: "同步 sync p99" }], place: { x: 8, y: 27, w: 8, h: 9 },
  }, { most: 0.12 }),
  lines({
    title: "每次同步的事件数 / Events a sync",
    about: "一次同步落盘的平均事件数；负载高时上升属正常。 Mean events that one sync makes durable; it rises with load.",
    unit: "none", decimals: 1, base: "blue",
    queries: [{ expr: "job:lamplight_log_batch_events:mean_5m", legend: "{{job}}" }], place: { x: 16, y: 27, w: 8, h: 9 },
  }),
  lines({
    title: "消费者积压 / Consumer lag",
    about: "已落盘而未送达的事件数。 Synced events that the consumer was not sent yet. 变红：docs/runbooks/ConsumerStuck.md / Red: that page.",
    unit: "none", decimals: 0, steps: [[10000, "red"]],
    queries: [{ expr: "topk(12, lamplight_bus_consumer_lag_events)", legend: "{{consumer}}" }], place: { x: 0, y: 36, w: 8, h: 9 },
  }, { most: 10 }),
  lines({
    title: "折叠偏移量 / Fold offset",
    about: "总线头部与各服务已计入的偏移量；落后的线即落后的服务。 The head of the bus and how far each service counts; the line that stays behind is the service that does.",
    unit: "locale", decimals: 0, base: "blue",
    queries: [{ expr: "lamplight_bus_head_offset", legend: "总线 bus" }, { expr: "topk(11, lamplight_fold_offset)", legend: "{{service}}" }], place: { x: 8, y: 36, w: 8, h: 9 },
  }, { least: -Infinity }),
  lines({
    title: "总线心跳 / Heartbeat of the bus",
    about: "各服务上次听到总线以来的秒数。 Seconds since each service last heard the bus. 变红：docs/runbooks/BusDown.md / Red: that page.",
    unit: "s", steps: [[15, "red"]],
    queries: [{ expr: "topk(12, lamplight_bus_heartbeat_age_seconds)", legend: "{{service}}" }], place: { x: 16, y: 36, w: 8, h: 9 },
  }),
];

const log = [
  number({
    title: "磁盘剩余 / Free on the log's disk",
    about: "低于预留（256 MiB）时暂停接收。 Below the reserve of 256 MiB nothing is accepted. 变红：docs/runbooks/DiskNearlyFull.md / Red: that page.",
    unit: "bytes", base: "red", steps: [[1073741824, "yellow"], [10737418240, "green"]],
    queries: [{ expr: "lamplight_log_free_bytes" }], place: { x: 0, y: 45, w: 4, h: 9 },
  }),
  lines({
    title: "日志大小 / Size of the log",
    about: "日志分段所占字节，含预写部分，每 64 MiB 一级。 Bytes of the segments, what is written beforehand too: a step every 64 MiB.",
    unit: "bytes", base: "blue",
    queries: [{ expr: "lamplight_log_bytes", legend: "日志 log" }], place: { x: 4, y: 45, w: 8, h: 9 },
  }),
  number({
    title: "截去的残尾 / Torn tail cut",
    about: "上次启动时截去的字节，均未确认过。 Bytes cut at the last start; nobody was told that they are durable. 变红：docs/runbooks/TornTailRecovered.md / Red: that page.",
    unit: "bytes", steps: [[1, "yellow"]],
    queries: [{ expr: "lamplight_log_recovered_torn_bytes_total" }], place: { x: 12, y: 45, w: 4, h: 9 },
  }),
  lines({
    title: "快照时效 / Age of snapshots",
    about: "距上次快照的秒数；无新事件时不写快照。 Seconds since the last snapshot; none is written without new events. 变红且有新事件：查数据目录空间 / Red while events come: look for room in the data folder.",
    unit: "s", decimals: 0, steps: [[3600, "yellow"]],
    queries: [{ expr: "topk(12, lamplight_snapshot_age_seconds)", legend: "{{service}}" }], place: { x: 16, y: 45, w: 8, h: 9 },
  }),
];

const processes = [
  lines({
    title: "内存 / Memory",
    about: "进程常驻内存；容器上限为 1 或 2 GiB。 Resident memory; the containers' limit is 1 or 2 GiB. 变红：重启前先留存 docker compose logs / Red: keep the logs before a restart.",
    unit: "bytes", steps: [[858993459, "yellow"], [1932735283, "red"]],
    queries: [{ expr: 'process_resident_memory_bytes{job=~"broker|intake|tally|inner|console"}', legend: "{{job}}" }], place: { x: 0, y: 54, w: 8, h: 9 },
  }),
  lines({
    title: "处理器 / CPU",
    about: "100% 为一个核；上限为 200%。 100 % is one core; the containers' limit is 200 %.",
    unit: "percentunit", steps: [[1.8, "red"]],
    queries: [{ expr: 'rate(process_cpu_seconds_total{job=~"broker|intake|tally|inner|console"}[$__rate_interval])', legend: "{{job}}" }], place: { x: 8, y: 54, w: 8, h: 9 },
  }),
  lines({
    title: "一小时内重启 / Restarts within an hour",
    about: "进程启动时间变化的次数。 How often a process began anew. 变红：docker compose logs --since 1h 服务名 / Red: read its log.",
    unit: "none", decimals: 0, steps: [[1, "yellow"], [3, "red"]],
    queries: [{ expr: 'changes(process_start_time_seconds{job=~"broker|intake|tally|inner|console"}[1h])', legend: "{{job}}" }], place: { x: 16, y: 54, w: 8, h: 9 },
  }, { most: 4 }),
];

export const servicesBoard = () => board("lamplight-services", "系统运行监测 / Bus and services",
  "总线与各服务的运行状况。 How the bus and the services do.", [...overview, ...deciders, ...road, ...log, ...processes]);
