//! Made-up people, projects and judgements: the same seed makes the same contest.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// The fields of both contests.
pub(super) const TRACKS: [(&str, &str, &str); 4] = [
    ("electronic-information", "Electronic information", "电子信息"),
    ("smart-manufacturing", "Smart manufacturing", "智能制造"),
    ("biomedicine", "Biomedicine", "生物医药"),
    ("new-energy", "New energy", "新能源"),
];

/// The cities of the semi-finals, with the projects that register in each.
pub(super) const CITIES: [(&str, &str, &str, usize); 4] = [
    ("shanghai", "Shanghai", "上海", 120),
    ("chengdu", "Chengdu", "成都", 90),
    ("shenzhen", "Shenzhen", "深圳", 70),
    ("beijing", "Beijing", "北京", 50),
];

const SURNAMES: [(&str, &str); 20] = [
    ("Wang", "王"),
    ("Li", "李"),
    ("Zhang", "张"),
    ("Liu", "刘"),
    ("Chen", "陈"),
    ("Yang", "杨"),
    ("Huang", "黄"),
    ("Zhao", "赵"),
    ("Wu", "吴"),
    ("Zhou", "周"),
    ("Xu", "徐"),
    ("Sun", "孙"),
    ("Ma", "马"),
    ("Zhu", "朱"),
    ("Hu", "胡"),
    ("Guo", "郭"),
    ("He", "何"),
    ("Lin", "林"),
    ("Gao", "高"),
    ("Luo", "罗"),
];

const GIVEN: [(&str, &str); 20] = [
    ("Jing", "静"),
    ("Wei", "伟"),
    ("Min", "敏"),
    ("Lei", "磊"),
    ("Fang", "芳"),
    ("Jun", "军"),
    ("Yan", "艳"),
    ("Tao", "涛"),
    ("Ming", "明"),
    ("Hua", "华"),
    ("Xin", "欣"),
    ("Yu", "宇"),
    ("Qiang", "强"),
    ("Na", "娜"),
    ("Hao", "浩"),
    ("Rui", "瑞"),
    ("Chen", "晨"),
    ("Bo", "博"),
    ("Ying", "颖"),
    ("Kai", "凯"),
];

/// What a project is about, by field.
const SUBJECTS: [[(&str, &str); 6]; 4] = [
    [
        ("Photonic interconnects for data centres", "数据中心光互连"),
        ("On-device speech models", "端侧语音模型"),
        ("Millimetre-wave radar chips", "毫米波雷达芯片"),
        ("Privacy-preserving data exchange", "隐私计算数据流通"),
        ("Silicon carbide power modules", "碳化硅功率模块"),
        ("Satellite terminals for fishing fleets", "渔船卫星终端"),
    ],
    [
        ("Vision inspection for castings", "铸件视觉检测"),
        ("Collaborative welding robots", "协作焊接机器人"),
        ("Digital twins of chemical plants", "化工装置数字孪生"),
        ("Additive manufacturing of titanium", "钛合金增材制造"),
        ("Predictive upkeep of wind gearboxes", "风电齿轮箱预测维护"),
        ("Micro-assembly of optical lenses", "光学镜片微装配"),
    ],
    [
        ("Early detection of pancreatic cancer", "胰腺癌早期检测"),
        ("Oral peptide delivery", "口服多肽递送"),
        ("Gene therapy for inherited blindness", "遗传性失明基因治疗"),
        ("Bioprinted corneas", "生物打印角膜"),
        ("Rapid tests for resistant bacteria", "耐药菌快速检测"),
        ("Exoskeletons for stroke patients", "卒中康复外骨骼"),
    ],
    [
        ("Sodium-ion storage for villages", "乡村钠离子储能"),
        ("Perovskite tandem cells", "钙钛矿叠层电池"),
        ("Green ammonia for shipping", "航运绿氨燃料"),
        ("Solid-state batteries for drones", "无人机固态电池"),
        ("Heat pumps for old buildings", "老旧建筑热泵"),
        ("Recycling of battery black mass", "电池黑粉回收"),
    ],
];

const PLACES: [(&str, &str); 10] = [
    ("Pujiang", "浦江"),
    ("Tianfu", "天府"),
    ("Nanshan", "南山"),
    ("Haidian", "海淀"),
    ("Jialing", "嘉陵"),
    ("Lakeside", "湖畔"),
    ("Northstar", "北辰"),
    ("Redwood", "红杉"),
    ("Kunpeng", "鲲鹏"),
    ("Qilin", "麒麟"),
];

/// A random stream of its own for each purpose and number, so that nothing depends on the order of requests.
pub(super) fn stream(seed: u64, purpose: &str, number: usize) -> StdRng {
    let mixed = purpose.bytes().fold(seed ^ 0x9e37_79b9_7f4a_7c15, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    StdRng::seed_from_u64(mixed.wrapping_add(number.wrapping_mul(0x2545_f491_4f6c_dd1d)))
}

/// A person's name, in both scripts.
pub(super) fn name(seed: u64, purpose: &str, number: usize) -> String {
    let mut random = stream(seed, purpose, number);
    let (surname, given) = (pick(&mut random, &SURNAMES), pick(&mut random, &GIVEN));
    format!("{} {} {}{}", given.0, surname.0, surname.1, given.1)
}

/// A project, as its entry's document.
pub(super) fn project(seed: u64, contest: &str, number: usize, region: Option<&str>) -> Value {
    let mut random = stream(seed, contest, number);
    let track = random.random_range(0..TRACKS.len());
    let subjects = SUBJECTS.get(track).map_or(&SUBJECTS[0][..], |s| s.as_slice());
    let subject = pick(&mut random, subjects);
    let place = pick(&mut random, &PLACES);
    let team: Vec<_> = (0..random.random_range(2..=5))
        .map(|member| json!({ "name": name(seed, contest, number * 10 + member), "role": if member == 0 { "lead" } else { "member" } }))
        .collect();
    let mut entry = json!({
        "title": { "en": format!("{} ({} {})", subject.0, place.0, number + 1), "zh": format!("{}（{}{}号）", subject.1, place.1, number + 1) },
        "summary": { "en": format!("{}: a project of the {} team.", subject.0, place.0), "zh": format!("{}团队项目：{}。", place.1, subject.1) },
        "track": TRACKS.get(track).map_or("", |t| t.0),
        "institution": format!("{} Technology {}", place.0, random.random_range(1..=60)),
        "country": "CN",
        "team": team,
    });
    if let (Some(region), Some(entry)) = (region, entry.as_object_mut()) {
        entry.insert("region".into(), region.into());
    }
    entry
}

/// The marks of one judge for one project: a quality that all judges see, a judge's own strictness, and noise.
///
/// `criteria` are codes, maxima and steps in thousandths; so are the marks.
pub(super) fn marks(
    seed: u64,
    purpose: &str,
    project: usize,
    judge: usize,
    criteria: &[Criterion],
) -> Vec<i64> {
    let strictness = stream(seed, "strictness", judge).random_range(-60..=60);
    let mut quality = stream(seed, "quality", project);
    let mut noise = stream(seed, purpose, project * 1000 + judge);
    let one = |criterion: &Criterion| {
        // Per mille of the maximum.
        let share = quality.random_range(520..=960) + strictness + noise.random_range(-70..=70);
        let mark = criterion.maximum * share.clamp(0, 1000) / 1000;
        mark - mark % criterion.step
    };
    criteria.iter().map(one).collect()
}

/// A judged criterion as the demo needs it.
#[derive(Debug, Clone)]
pub(super) struct Criterion {
    pub(super) code: String,
    /// Thousandths.
    pub(super) maximum: i64,
    /// Thousandths.
    pub(super) step: i64,
}

fn pick<T: Copy + Default>(random: &mut StdRng, from: &[T]) -> T {
    let at = if from.is_empty() {
        0
    } else {
        random.random_range(0..from.len())
    };
    from.get(at).copied().unwrap_or_default()
}
