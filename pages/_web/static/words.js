// Streamlit's own English in Chinese. It has no translations, so what it writes into the page is
// replaced as it appears: texts, placeholders, titles and labels. What people wrote is left alone:
// only whole texts that stand in this dictionary are touched, and nothing inside written content.
"use strict";
(() => {
  const WORDS = {
    // frame
    "Skip to main content": "跳到主要内容",
    "Main menu": "主菜单",
    "App pages": "页面菜单",
    "Sidebar": "侧边栏",
    "Expand sidebar": "展开菜单",
    "Collapse sidebar": "收起菜单",
    "Open sidebar": "展开菜单",
    "Close sidebar": "收起菜单",
    "Navigate to home page": "返回首页",
    "Link to heading": "本标题的链接",
    "Notifications": "通知",
    "Get help": "帮助",
    "About": "关于",
    "Settings": "设置",
    "Print": "打印",
    "Rerun": "重新运行",
    "Always rerun": "总是重新运行",
    "Auto rerun": "自动重新运行",
    "Record a screencast": "录制屏幕",
    "Clear cache": "清除缓存",
    "Clear caches": "清除缓存",
    "Stop": "停止",
    "Stop script": "停止",
    "Running": "正在处理",
    "Running...": "正在处理…",
    "RUNNING...": "正在处理…",
    "Please wait...": "请稍候…",
    "Loading...": "正在载入…",
    "Loading": "正在载入",
    "Shortcut Alt + ↑": "快捷键 Alt + ↑",
    "Shortcut Alt + ↓": "快捷键 Alt + ↓",
    "Shortcut Alt + S": "快捷键 Alt + S",
    "Close": "关闭",
    "Cancel": "取消",
    "Dismiss": "关闭",
    "Try again": "重试",
    "Learn more": "了解更多",
    "View more": "展开",
    "View less": "收起",
    "Show more": "展开",
    "Show less": "收起",
    "Copy": "复制",
    "Copied": "已复制",
    "Copy to clipboard": "复制到剪贴板",
    "Help": "说明",
    "Button action menu": "按钮菜单",
    // connection and errors
    "Connecting": "正在连接",
    "Connecting...": "正在连接…",
    "Connecting to Streamlit server": "正在连接服务器",
    "Connection error": "连接中断",
    "Connection closed": "连接已关闭",
    "Connection timed out.": "连接超时。",
    "Unable to connect to Streamlit server": "无法连接服务器",
    "Streamlit server is not responding. Are you connected to the internet?":
      "服务器没有响应。请检查网络，或联系系统管理员。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "服务器没有响应。请检查网络，或联系系统管理员。",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "连接中断，请等待重新连接后再试。",
    "Reconnected to server.": "已重新连接。",
    "Continue anyway": "继续",
    "Page not found": "没有这个页面",
    "Network error": "网络错误",
    "Network Error": "网络错误",
    "Request timed out": "请求超时",
    "Script execution error": "页面出错",
    "Error": "出错",
    "Unknown error": "未知错误",
    "Bad message format": "数据传输出错，请刷新页面",
    "An error has occurred, please try again.": "出错了，请重试。",
    "Oh no.": "出错了。",
    "This app has encountered an error. The original error message is redacted to prevent data leaks.":
      "页面出错了，请刷新后重试；仍不行时，请联系系统管理员。",
    "Your app is having trouble loading the component.": "页面部件载入困难，请刷新重试。",
    "Failed to load data": "数据载入失败，请刷新重试",
    "Download failed": "下载失败",
    // inputs
    "Choose an option": "请选择",
    "Choose options": "请选择(可多选)",
    "Choose or add an option": "选择或填写",
    "Choose or add options": "选择或填写(可多项)",
    "Add an option": "填写一项",
    "Add options": "填写选项",
    "Select...": "请选择",
    "Select all": "全选",
    "Selected values": "已选",
    "Selectbox options": "选项",
    "Multiselect options": "选项",
    "No results": "没有匹配项",
    "No options": "没有可选项",
    "No options to select": "没有可选项",
    "No options to select.": "没有可选项。",
    "All selected options have been cleared.": "已清除全部所选。",
    "Clear all": "全部清除",
    "Clear value": "清除",
    "Clear entry": "清除",
    "Clear selection": "取消选择",
    "Clear date": "清除日期",
    "Clear dates": "清除日期",
    "Clear time": "清除时间",
    "Clear date and time": "清除日期和时间",
    "Show password": "显示密码",
    "Hide password": "隐藏密码",
    "Increment": "增加",
    "Decrement": "减少",
    "Invalid input.": "输入无效。",
    "Invalid data type": "数据类型不对",
    "Number is above the allowed range.": "数字过大。",
    "Number is below the allowed range.": "数字过小。",
    "Press Enter to apply": "按回车键生效",
    "Press Enter to submit form": "按回车键提交",
    "Press Enter to add": "按回车键添加",
    // dates
    "Choose date": "选择日期",
    "Choose date range": "选择起止日期",
    "Choose date and time": "选择日期和时间",
    "Date range": "起止日期",
    "Calendar": "日历",
    "Previous month": "上个月",
    "Next month": "下个月",
    "Quick select a date range": "快速选择时段",
    "Past Week": "最近一周",
    "Past Month": "最近一个月",
    "Past 3 Months": "最近三个月",
    "Past 6 Months": "最近六个月",
    "Past Year": "最近一年",
    "Past 2 Years": "最近两年",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "用方向键移动，回车键选定，退出键关闭。",
    "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
      "用方向键移动，回车键选定，制表键切换日历和时间，退出键关闭。",
    // files
    "Browse files": "选择文件",
    "Upload": "选择文件",
    "Upload files": "选择文件",
    "Add files": "添加文件",
    "Upload directories": "选择文件夹",
    "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里",
    "Drag and drop a file here": "把文件拖到这里",
    "Drag and drop directories here": "把文件夹拖到这里",
    "Only one file is allowed.": "只能选择一个文件。",
    "Too many files": "文件过多",
    "Upload failed": "上传失败",
    "file upload": "选择文件",
    "Error uploading file": "上传失败，请重试",
    "Error deleting file": "移除失败，请重试",
    "Remove file": "移除文件",
    // tables
    "Download as CSV": "下载为 CSV",
    "Search": "搜索",
    "Type to search": "输入要找的内容",
    "Previous Result": "上一处",
    "Next Result": "下一处",
    "Close Search": "关闭搜索",
    "Fullscreen": "全屏",
    "Enter fullscreen": "全屏",
    "Close fullscreen": "退出全屏",
    "Exit fullscreen": "退出全屏",
    "Toggle fullscreen": "全屏或还原",
    "Show/hide columns": "显示或隐藏列",
    "Add row": "增加一行",
    "Delete row(s)": "删除所选行",
    "Sort ascending": "升序",
    "Sort descending": "降序",
    "Format": "格式",
    "Autosize": "自动列宽",
    "Pin column": "固定此列",
    "Unpin column": "取消固定",
    "Hide column": "隐藏此列",
    "Copy column name": "复制列名",
    "Dataframe column menu": "列菜单",
    "Statistics": "统计",
    "No data": "没有数据",
    "No content": "没有内容",
    "Pagination": "翻页",
    "Previous page": "上一页",
    "Next page": "下一页",
    "Scroll tabs left": "向左翻",
    "Scroll tabs right": "向右翻",
    "Show data": "显示数据",
    "Show chart": "显示图表",
    "Download as PNG": "下载为图片",
    "Click to view actions": "图表菜单",
    "Vega visualization": "图表",
    "Save as SVG": "保存为矢量图",
    "Save as PNG": "保存为图片",
    "View Source": "查看定义",
    // maps
    "Zoom in": "放大",
    "Zoom out": "缩小",
    "Marker": "标记",
  };
  // Too common to replace in texts that people may have written; fine in Streamlit's own attributes.
  const ATTRIBUTES_ONLY = {
    "Open": "打开", "Menu": "菜单", "More": "更多", "Edit": "编辑", "Delete": "删除", "Undo": "撤销",
    "Selectbox": "选择框", "Multiselect": "多选框", "Logo": "标志", "Time": "时间", "Values": "数值",
    "year": "年", "month": "月", "day": "日", "year, ": "年", "month, ": "月", "day, ": "日",
    "close": "关闭", "open": "打开", "remove": "移除", "Alert": "提示", "Empty": "空", "Expand": "展开", "Collapse": "收起",
  };
  // How an uploader lists what it takes: endings in capitals, said as people name the formats.
  const FORMATS = {
    "GEOJSON": "GeoJSON", "TOPOJSON": "TopoJSON", "GPKG": "GeoPackage", "PARQUET": "GeoParquet",
    "JSON": "", "ZIP": "zip", "TOML": "toml", "XLSX": "xlsx", "XLSM": "xlsm", "XLS": "xls",
    "ET": "et", "CSV": "csv", "TSV": "tsv", "TXT": "txt",
    "DOCX": "docx", "HTML": "网页", "HTM": "", "XML": "xml",
  };
  const formats = (listed) => listed
    .split(/[\s•·,]+/)
    .map((ending) => FORMATS[ending] ?? ending)
    .filter(Boolean)
    .join("、");
  // JSON alone has no name of its own here: nothing is said then.
  const choice = (ending) => { const said = formats(ending ?? ""); return said && `，可选 ${said}`; };
  const listed = (m) => choice(m[1]);
  const limit = (m) => `每个文件最大 ${m[1]}${choice(m[2])}`;
  const PATTERNS = [
    [/^Press (?:Ctrl|Cmd|⌘|\u2318)\s?\+\s?Enter to (?:apply|submit form)$/, () => "按 Ctrl+回车键生效"],
    [/^([\d.]+\s?[KMGT]?B) per file(.*)$/, limit],
    [/^Limit ([\d.]+\s?[KMGT]?B) per file(.*)$/, limit],
    [/^•\s*((?:[A-Z0-9]{2,8}(?:,\s*)?)+)$/, listed],
    [/^([XY])-axis (?:titled|for) .*$/, (m) => (m[1] === "X" ? "横轴" : "纵轴")],
    [/^Upload (?:a )?(?:files?|director(?:y|ies))$/i, () => "选择文件"],
    [/^(?:Upload or )?drag and drop .*$/i, () => "把文件拖到这里"],
    [/^(\S+) files are not allowed\.$/, (m) => `不能上传 ${m[1]} 文件。`],
    [/^File must be ([\d.]+\s?[KMGT]?B) or smaller\.$/, (m) => `文件不能超过 ${m[1]}。`],
    [/^File is larger than (.+)$/, (m) => `文件超过 ${m[1]}`],
    [/^File type must be (.+)$/, (m) => `文件类型须为 ${m[1]}`],
    [/^Choose date, (.+)$/, (m) => `选择日期，${m[1]}`],
    [/^(year|month|day), (.*)$/, (m) => `${m[2]}：${{ year: "年", month: "月", day: "日" }[m[1]]}`],
    [/^Remove (.+)$/, (m) => `移除 ${m[1]}`],
    [/^Select (\d+) matches$/, (m) => `选中 ${m[1]} 个匹配项`],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/,
      (m) => `最多选 ${m[1]} 项，请先移除一项。`],
    [/^Add: (.+)$/, (m) => `添加：${m[1]}`],
    [/^View (\d+) more$/, (m) => `另有 ${m[1]} 项`],
    [/^Page (\d+)$/, (m) => `第 ${m[1]} 页`],
    [/^Showing page (\d+) of (\d+)$/, (m) => `第 ${m[1]} 页，共 ${m[2]} 页`],
    [/^Help for (.+)$/, (m) => `${m[1]}的说明`],
    [/^Selected (.+)\. (.*)$/, (m) => `已选 ${m[1]}。${m[2]}`],
    [/^Number is above the allowed range\. Please enter a value less than or equal to (.+)\.$/,
      (m) => `数字过大，应不超过 ${m[1]}。`],
    [/^Number is below the allowed range\. Please enter a value greater than or equal to (.+)\.$/,
      (m) => `数字过小，应不小于 ${m[1]}。`],
    [/^Number is outside the allowed range\. Please enter a value between (.+) and (.+)\.$/,
      (m) => `数字应在 ${m[1]} 与 ${m[2]} 之间。`],
    [/^(?:The page that you have requested|You have requested page).*$/,
      () => "没有您要的页面，已转到首页。"],
    [/^Connection failed with status (\d+).*$/, (m) => `连接失败(${m[1]})，请刷新页面。`],
  ];
  const DATE_PARTS = { yyyy: "年", mm: "月", dd: "日" };
  const NAMES = [
    "placeholder", "title", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext", "alt",
  ];
  // What people wrote: Markdown and HTML of pages, tables, what is typed in.
  const WRITTEN = ".stMarkdown, .stHtml, .stCode, textarea, script, style, [contenteditable=true]";
  const CANVAS = { "None": "", "empty": "", "Empty": "空" };

  function chinese(text, attribute) {
    const plain = text.trim();
    if (plain.length < 3 || !/[A-Za-z]{3}/.test(plain)) return null;
    if (Object.hasOwn(WORDS, plain)) return WORDS[plain];
    if (attribute && Object.hasOwn(ATTRIBUTES_ONLY, plain)) return ATTRIBUTES_ONLY[plain];
    for (const [pattern, say] of PATTERNS) {
      const match = pattern.exec(plain);
      if (match) return say(match);
    }
    return null;
  }

  // A label as it is read out: Streamlit puts the Markdown of a label into it as it is written.
  function bare(text) {
    return text.replace(/:material\/\w+:\s?/g, "").replace(/\*\*(.+?)\*\*/g, "$1").replace(/:[a-z]+\[(.+?)\]/g, "$1")
      .replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(/\u2060/g, "");
  }

  function inWritten(element) {
    return element !== null && element.closest(WRITTEN) !== null;
  }

  function translateText(node) {
    const part = DATE_PARTS[node.nodeValue];
    if (part && node.parentElement?.getAttribute("role") === "spinbutton") node.nodeValue = part;
    if (inWritten(node.parentElement)) return;
    const said = chinese(node.nodeValue, false);
    if (said !== null) node.nodeValue = said;
  }

  function translateAttributes(element) {
    for (const name of NAMES) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const said = chinese(value, true) ?? (name.startsWith("aria-") ? bare(value) : value);
      if (said !== value) element.setAttribute(name, said);
    }
  }

  function translateTree(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE && root.nodeType !== Node.DOCUMENT_NODE) return;
    if (root.nodeType === Node.ELEMENT_NODE) visit(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else visit(node);
    }
  }

  function visit(element) {
    translateAttributes(element);
    if (element.tagName === "IFRAME") watchFrame(element);
  }

  // A component's frame of this server: its language, labels and titles.
  function watchFrame(frame) {
    const enter = () => {
      try {
        const inside = frame.contentDocument;
        if (!inside || inside === frame.entered) return;
        frame.entered = inside;
        inside.documentElement.lang = "zh-CN";
        if (!frame.title || /^[\w .-]+$/.test(frame.title)) frame.title = "地图";
        watch(inside, true);
      } catch {
        // Another site's frame is none of ours.
      }
    };
    if (!frame.entered) frame.addEventListener("load", enter);
    enter();
  }

  function watch(root, attributesOnly) {
    const whole = attributesOnly
      ? (node) => {
          if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_NODE) return;
          if (node.nodeType === Node.ELEMENT_NODE) translateAttributes(node);
          for (const element of node.querySelectorAll("[title],[aria-label],[placeholder],[alt]")) {
            translateAttributes(element);
          }
        }
      : translateTree;
    whole(root);
    new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === "attributes") translateAttributes(change.target);
        else if (change.type === "characterData") { if (!attributesOnly) translateText(change.target); }
        else for (const node of change.addedNodes) whole(node);
      }
    }).observe(root, {
      subtree: true, childList: true, characterData: !attributesOnly, attributes: true, attributeFilter: NAMES,
    });
  }

  // Tables are drawn on a canvas: the words for blank cells are met where they are drawn.
  for (const name of ["fillText", "measureText"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (text, ...rest) {
      return draw.call(this, Object.hasOwn(CANVAS, text) ? CANVAS[text] : text, ...rest);
    };
  }

  watch(document, false);
})();
