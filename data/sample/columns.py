"""The columns of the institutions table with their Chinese headers, as office files have them."""

from __future__ import annotations

HEADERS: dict[str, str] = {
    "number": "编号",
    "name": "机构名称",
    "kind": "机构类型",
    "operator": "运营主体",
    "filing": "许可备案情况",
    "credit_code": "统一社会信用代码",
    "legal_representative": "法定代表人",
    "address": "地址",
    "lon": "经度",
    "lat": "纬度",
    "area_code": "所属区域",
    "beds": "床位数",
    "residents": "入住老人数",
    "marketing": "营销方式",
    "charging": "收费方式",
    "affiliates": "关联公司",
    "prepaid_service_fee": "预收养老服务费(元)",
    "prepaid_deposit": "押金(元)",
    "prepaid_membership": "会员费(元)",
    "prepaid_people": "预收涉及人数",
    "prepaid_months": "最长预收月数",
    "monthly_bed_fee": "月床位费(元)",
    "max_deposit": "单人最高押金(元)",
    "prepaid_use": "预收资金用途",
    "custody": "资金存管",
    "net_fixed_assets": "固定资产净额(元)",
    "assets_cover_debts": "资可抵债",
    "stable_operation": "运营平稳",
    "promised_returns": "承诺回报",
    "rapid_expansion": "扩张过快",
    "frequent_changes": "频繁变更",
    "prosecuted": "负责人因经济犯罪被诉",
    "complained": "被投诉举报",
    "blacklisted": "纳入黑名单",
    "suspected_crime": "涉嫌犯罪",
    "public_attention": "不良影响或重大舆情",
    "risk_told": "已告知风险",
    "phone": "联系电话",
    "remarks": "备注",
}
CHOICES: dict[str, dict[str, str]] = {
    "filing": {"licensed": "已许可", "filed": "已备案", "none": "未许可未备案"},
    "prepaid_use": {
        "none": "未预收",
        "facility_gap": "弥补设施建设资金不足",
        "operation": "日常运营",
        "irregular": "使用不规范",
    },
}
TRI_COLUMNS = (
    "custody", "assets_cover_debts", "stable_operation", "promised_returns", "rapid_expansion",
    "frequent_changes", "prosecuted", "complained", "blacklisted", "suspected_crime",
    "public_attention", "risk_told",
)
TRI_LABELS = {True: "是", False: "否", None: "不详"}
