"""pandas' methods on encrypted frames: what each was tested with. ``tools/frame_docs.py`` makes docs/pandas.md of it.

An expression is evaluated twice: with ``df`` an encrypted frame and ``pd`` :mod:`jupyterfhe.frame`, and with pandas' own. Where pandas
spells it otherwise, `theirs` says how; then the remark says why.
"""

from dataclasses import dataclass

FAMILIES = ("Selection and new columns", "Number by number", "Missing values", "Reductions", "Categories and filters", "Groups", "Tables of two keys",
            "Joining", "Rows in order", "Order and numeric filters", "Order by all pairs")


@dataclass(frozen=True)
class Case:
    """A method and an example of it.

    Attributes
    ----------
    name : str
        As pandas calls it.
    family : str
    ours : str
        Expression.
    theirs : str
        pandas' expression; the same by default.
    remark : str
    deep : bool
        Whether it takes more than six levels: tested in the clear with twenty-four, and resolution 0.5.
    close : float
        Largest error bound that says something, of the largest number.
    """

    name: str
    family: str
    ours: str
    theirs: str = ""
    remark: str = ""
    close: float = 1e-2
    deep: bool = False


S, N, M, R, C, G, T, J, W, F, P = FAMILIES
NUM = "['age', 'yrs_married', 'affairs']"
EVERY = "every declared label is a group, as with observed=False"
CASES = [
    Case("df['c']", S, "df['age']", remark="missing values stay marked"),
    Case("df[['a', 'b']]", S, "df[['age', 'kids']]"),
    Case("df.assign", S, "df[['age']].assign(half=df.age / 2, older=lambda d: d.age + 10)"),
    Case("s + s, s - s", S, "df.age + df.affairs - df.yrs_married", remark="aligned on the public index; missing where one is missing"),
    Case("s * s", S, "df.age * df.affairs"),
    Case("s / s", S, "df.affairs / df.age", remark="divided at decryption"),
    Case("s ** k, numbers beside", S, "3 - 2 * (df.age - 30) ** 2 / 100"),
    Case("df.head, df[a:b]", S, "df[['age', 'work']][3:8]"),
    Case("df.drop, df.rename", S, "df.drop(columns=['work', 'rate', 'kids']).rename(columns={'age': 'years'})"),
    Case("s.where", N, "df.age.where(df.kids)", remark="missing where the condition is false"),
    Case("s.where(c, other)", N, "df.yrs_married.where(df.kids, df.age)", remark="a public number or another column"),
    Case("s.mask", N, "df.age.mask(df.kids, 18.0)"),
    Case("s.map", N, "df.educ.map(lambda years: years * years - 100)", remark="any function, or a dict, of declared values: a table"),
    Case("s.map of a category", N, "df.rate.map({'r1': 1, 'r2': 2, 'r3': 4, 'r4': 7, 'r5': 9})", "df.rate.map({'r1': 1, 'r2': 2, 'r3': 4, 'r4': 7, 'r5': 9}).astype(float)"),
    Case("s.abs", N, "(df.age - 30).abs()", remark="by a sign, with `jf.options.resolution`; else coarse near 0", deep=True),
    Case("s.clip", N, "df.age.clip(20, 35)", remark="at public ends", deep=True),
    Case("s.round", N, "df.yrs_married.round()", remark="a sign each step", deep=True),
    Case("s // number", N, "df.educ // 4", remark="by public numbers; exact integers by a table", deep=True),
    Case("s % number", N, "df.yrs_married % 5", deep=True),
    Case("np.floor, np.exp, ...", N, "np.floor(df.age)", remark="numpy's functions of one number, as of arrays", deep=True),
    Case("s.isna, df.notna", M, "df[['age', 'work']].notna()"),
    Case("s.fillna", M, "df.age.fillna(30.0)"),
    Case("df.dropna", M, "df[['age', 'affairs']].dropna()", remark="a filter; the reader's side compacts"),
    Case("df.count", M, "df.count()", remark="exact"),
    Case("df.sum", R, f"df[{NUM}].sum()"),
    Case("df.mean", R, f"df[{NUM}].mean()"),
    Case("df.var", R, f"df[{NUM}].var()"),
    Case("df.std", R, f"df[{NUM}].std(ddof=0)"),
    Case("df.sem", R, f"df[{NUM}].sem()"),
    Case("df.cov", R, f"df[{NUM}].cov()", remark="of each pair over the rows that have both"),
    Case("df.corr", R, f"df[{NUM}].corr()"),
    Case("s.cov, s.corr", R, "df.age.corr(df.affairs)"),
    Case("s.skew", R, "df.age.skew()"),
    Case("s.kurt", R, "df.age.kurt()", close=0.1),
    Case("df.describe", R, f"df[{NUM}].describe()", f"df[{NUM}].describe().loc[['count', 'mean', 'std']]",
         "without extremes and quartiles where a column's values are not declared"),
    Case("df.describe of integers", R, "df[['educ']].describe()",
         remark="complete where all columns are integers of small declared ranges"),
    Case("s == label, s != label", C, "df.work == 'o3'", remark="declared labels and truth values"),
    Case("s.isin", C, "df.work.isin(['o1', 'o4'])"),
    Case("&, |, ~, ^", C, "((df.work == 'o3') | ~df.kids) & (df.rate != 'r5')"),
    Case("df[mask]", C, "df[(df.work == 'o3') & df.kids][['age', 'work']]", remark="a mask; the reader's side compacts"),
    Case("df[mask].mean", C, f"df[(df.work == 'o3') & (df.rate == 'r5')][{NUM}].mean()"),
    Case("s.value_counts", C, "df.work.value_counts()", "df.work.value_counts(sort=False)", "in the order of the labels; exact"),
    Case("get_dummies", C, "df[['age', 'rate']].get_dummies()", "pd.get_dummies(df[['age', 'rate']])"),
    Case("groupby.sum", G, f"df.groupby('work')[{NUM}].sum()", f"df.groupby('work', observed=False)[{NUM}].sum()", EVERY),
    Case("groupby.mean", G, f"df.groupby('work')[{NUM}].mean()", f"df.groupby('work', observed=False)[{NUM}].mean()", EVERY),
    Case("groupby.count", G, f"df.groupby('rate')[{NUM}].count()", f"df.groupby('rate', observed=False)[{NUM}].count()", "exact"),
    Case("groupby.size", G, "df.groupby('rate').size()", "df.groupby('rate', observed=False).size()", "exact"),
    Case("groupby.var, std, sem", G, "df.groupby('kids')['age'].std()"),
    Case("groupby([...])", G, "df.groupby(['kids', 'rate'])[['age']].mean()", "df.groupby(['kids', 'rate'], observed=False)[['age']].mean()",
         EVERY),
    Case("groupby.agg", G, "df.groupby('kids').agg(total=('affairs', 'sum'), years=('age', 'mean'))"),
    Case("groupby(public labels)", G, "df[['age']].groupby([list(np.arange(300) % 3)]).mean()", "df[['age']].groupby(list(np.arange(300) % 3)).mean()",
         "labels that are public"),
    Case("resample", G, "df[['age', 'affairs']].set_index(days).resample('MS').mean()", "df[['age', 'affairs']].set_index(pd.DatetimeIndex(days)).resample('MS').mean().rename(index=lambda d: d.date())",
         "on a public index of dates, `days`"),
    Case("crosstab", T, "pd.crosstab(df.work, df.kids)", remark="exact; every declared label"),
    Case("crosstab(margins=True)", T, "pd.crosstab(df.rate, df.kids, margins=True)"),
    Case("pivot_table", T, "df.pivot_table('age', 'rate', 'kids')", "df.pivot_table('age', 'rate', 'kids', observed=False)", EVERY),
    Case("merge", J, "df[['rate', 'age']].merge({'pay': {'r1': 5, 'r2': 4, 'r3': 3, 'r5': 1}}, on='rate').pay",
         "df[['rate', 'age']].merge(pd.DataFrame({'pay': {'r1': 5., 'r2': 4., 'r3': 3., 'r5': 1.}}), left_on='rate', right_index=True, "
         "how='left').pay", "with a table of one row a declared label, public or a groupby's result; how = left or inner"),
    Case("merge of encrypted keys", J, "df[['rate', 'kids']].merge(df[['rate', 'age']][16:19], on='rate')", "df[['rate', 'kids']].merge(df[['rate', 'age']][16:19], on='rate', how='left')",
         "public labels, truth values, small integers; that each key is on the right side once is believed", deep=True, close=0.05),
    Case("merge(how='inner')", J, "df[['work', 'kids']].merge(df[['work', 'age']][2:5], on='work', how='inner')",
         "df[['work', 'kids']].reset_index().merge(df[['work', 'age']][3:5], on='work').set_index('index').sort_index()", "a missing key finds nothing", deep=True, close=0.2),
    Case("concat", J, "pd.concat([df[['age']][:50], df[['age']][50:90]])", "pd.concat([df[['age']][:50], df[['age']][50:90]])"),
    Case("concat(axis=1)", J, "pd.concat([df.age, df.affairs], axis=1)"),
    Case("alignment", J, "df.affairs.head(40) + df.yrs_married.head(60)",
         remark="on a public index; labels that one lacks are missing"),
    Case("s.shift", W, "df.affairs.shift(2)"),
    Case("s.diff", W, "df.affairs.diff()"),
    Case("s.cumsum", W, "df.affairs.cumsum()"),
    Case("rolling.sum", W, "df.affairs.rolling(5).sum()"),
    Case("rolling.mean", W, "df.affairs.rolling(5, min_periods=1).mean()"),
    Case("rolling.std", W, "df.affairs.rolling(6).std()", close=1.0),
    Case("df.rolling", W, "df[['age', 'affairs']].rolling(4, min_periods=2).sum()", remark="sum, mean, count, var, std"),
    Case("s > number, s <= number", F, "(df.educ > 14) | (df.educ <= 9)", remark="integers of a declared range: a polynomial, no sign"),
    Case("s.between", F, "df.educ.between(12, 16.5, inclusive='left')"),
    Case("df[df.a > number]", F, "df[df.educ >= 14][['age', 'educ']]", remark="a mask; the reader's side compacts"),
    Case("df[df.a > number].mean", F, f"df[(df.educ > 12) & df.kids][{NUM}].mean()", deep=True, close=0.1),
    Case("s.quantile", F, "df.educ.quantile([0.1, 0.5, 0.85])", remark="rows at each declared value are counted, the reader interpolates; exact"),
    Case("s.quantile of few", F, "df.educ.head(9).quantile([0.0, 0.1, 0.35, 0.5, 0.9, 1.0])", deep=True),
    Case("s.median, df.median", F, "df[['educ']].median()"),
    Case("s.min, s.max", F, "df[df.kids]['educ'].max()", remark="under filters too"),
    Case("df.min, df.max", F, "df[['educ', 'kids']].min()", remark="truth values as numbers"),
    Case("s.nunique", F, "df.work.nunique()", remark="of the declared labels"),
    Case("s.unique", F, "df[df.kids].work.unique()", "df[df.kids].work.drop_duplicates().sort_values().set_axis(range(1, 7))",
         "in the order that was declared, a missing value last; on labels of all declared values"),
    Case("s.drop_duplicates", F, "df.educ.drop_duplicates()", remark="told at decryption, without a level"),
    Case("s.duplicated", F, "df.rate.head(40).duplicated(keep='last')"),
    Case("df.drop_duplicates", F, "df.drop_duplicates(['work', 'kids'])[['age', 'work']]", remark="of declared values; told at decryption"),
    Case("df[mask].drop_duplicates", F, "df[df.kids & (df.educ > 12)].drop_duplicates('educ', keep=False)[['age', 'educ']]"),
    Case("df.sort_values", F, "df[['age', 'work', 'kids', 'educ']].head(90).sort_values('educ', ascending=False)",
         "df[['age', 'work', 'kids', 'educ']].head(90).sort_values('educ', ascending=False, kind='stable').reset_index(drop=True)",
         "of declared values, put in order at decryption; some hundred rows, labels 0, 1, ..."),
    Case("df[mask].sort_values([...])", F, "df[['age', 'work', 'kids']].head(50)[df.kids.head(50)].sort_values(['kids', 'work'])",
         "df[['age', 'work', 'kids']].head(50)[df.kids.head(50)].sort_values(['kids', 'work'], kind='stable').reset_index(drop=True)"),
    Case("s.sort_values of declared values", F, "df.educ.head(40).sort_values(ascending=False, na_position='first')",
         "df.educ.head(40).sort_values(ascending=False, na_position='first').reset_index(drop=True)", "told at decryption where values are missing or filtered out"),
    Case("s.sort_values of categories", F, "df.work.head(40).sort_values()", "df.work.head(40).sort_values().reset_index(drop=True)", "in the order of the labels"),
    Case("df.sort_values(ascending=[...])", F, "df[['age', 'kids', 'educ']].head(50).sort_values(['kids', 'educ'], ascending=[False, True], na_position='first')",
         "df[['age', 'kids', 'educ']].head(50).sort_values(['kids', 'educ'], ascending=[False, True], na_position='first').reset_index(drop=True)"),
    Case("df.sort_values of one row", F, "df[['age', 'educ']].head(1).sort_values('educ', kind='stable')"),
    Case("s.rank of declared values", F, "df.educ.rank()", remark="missing ones have none; told at decryption"),
    Case("s.rank(method=..., ascending=False)", F, "df.educ.rank(method='dense', ascending=False)", remark="average, min, max, first, dense"),
    Case("df[mask].rank", F, "df[df.kids].educ.rank(method='first')", "df[df.kids].educ.rank(method='first')"),
    Case("s.nlargest of declared values", F, "df.educ.nlargest(7)", "df.educ.nlargest(7).sort_index()", "a filter, rows as they stand; told at decryption"),
    Case("df.nlargest(keep='all')", F, "df[['educ', 'age']].nlargest(3, 'educ', keep='all')", "df[['educ', 'age']].nlargest(3, 'educ', keep='all').sort_index()"),
    Case("df.nsmallest([...])", F, "df[df.kids][['rate', 'educ', 'age']].nsmallest(9, ['educ'], keep='last')",
         "df[df.kids][['rate', 'educ', 'age']].nsmallest(9, ['educ'], keep='last').sort_index()", "several columns of declared values"),
    Case("s.mode", F, "df.educ.mode()", "df.educ.mode().set_axis([3])", "labels as of s.unique"),
    Case("s.value_counts(normalize=True)", F, "df.work.value_counts(normalize=True)", "df.work.value_counts(normalize=True, sort=False)"),
    Case("df.quantile([...])", F, "df[['educ', 'kids']].quantile([0.1, 0.5])", "df[['educ', 'kids']].astype({'kids': float}).quantile([0.1, 0.5])"),
    Case("df.describe(percentiles=...)", F, "df[['educ', 'affairs']].describe(percentiles=[0.1, 0.9])",
         "df[['educ', 'affairs']].describe(percentiles=[0.1, 0.9]).assign(affairs=lambda d: d.affairs.where(d.index.isin(['count', 'mean', 'std'])))",
         "missing for columns whose values are not declared"),
    Case("df[mask].describe, none left", F, "df[df.educ > 20].educ.describe()"),
    Case("cut(labels=False)", F, "pd.cut(df.educ, [8, 12, 14, 20], labels=False)", remark="numbers of bins"),
    Case("groupby.describe", G, "df.groupby('kids')['educ'].describe()", remark="quantiles of declared values"),
    Case("s.describe", F, "df.educ.describe()"),
    Case("groupby.median, min, max", G, "df.groupby('rate')['educ'].median()", "df.groupby('rate', observed=False)['educ'].median()", EVERY),
    Case("groupby.quantile", G, "df.groupby('kids')['educ'].quantile(0.9)"),
    Case("cut", F, "pd.cut(df.educ, [8, 12, 14, 20]).value_counts()", "pd.cut(df.educ, [8, 12, 14, 20]).value_counts(sort=False)",
         "labels are the bins' texts; public edges"),
    Case("groupby(cut)", F, "df.groupby(pd.cut(df.educ, [8, 12, 16], labels=['low', 'mid']))[['affairs']].sum()",
         "df.groupby(pd.cut(df.educ, [8, 12, 16], labels=['low', 'mid']), observed=False)[['affairs']].sum()"),
    Case("s > number, floats", P, "df.yrs_married.head(40) > 6", remark="a sign; floats need jf.options.resolution", deep=True),
    Case("s > number, missing", P, "df.age.head(40) >= 27", remark="False where it is missing", deep=True),
    Case("s > s", P, "df.yrs_married.head(40) > df.age.head(40) - 20", deep=True),
    Case("cut of floats", P, "df.groupby(pd.cut(df.yrs_married, [0, 3, 15, 23]))[['affairs']].sum()",
         "df.groupby(pd.cut(df.yrs_married, [0, 3, 15, 23]), observed=False)[['affairs']].sum()", deep=True),
    Case("s.rank", P, "df.yrs_married.head(24).rank()", remark="method=average, min, max, first; up to 1,024 rows", deep=True),
    Case("s.quantile of floats", P, "df.yrs_married.head(24).quantile(0.3)", remark="up to 1,024 rows, none missing or filtered", deep=True, close=0.1),
    Case("s.sort_values", P, "df.yrs_married.head(12).sort_values(ascending=False)",
         "df.yrs_married.head(12).sort_values(ascending=False).reset_index(drop=True)", "on labels 0, 1, ...", deep=True, close=0.1),
    Case("df.sort_values of floats", P, "df[['yrs_married', 'work']].head(24).sort_values('yrs_married')",
         "df[['yrs_married', 'work']].head(24).sort_values('yrs_married', kind='stable').reset_index(drop=True)",
         "ranks under encryption, rows put in order at decryption", deep=True),
    Case("s.nlargest, df.nlargest", P, "df[['yrs_married', 'kids']].head(24).nlargest(5, 'yrs_married')",
         "df[['yrs_married', 'kids']].head(24).nlargest(5, 'yrs_married').sort_index()", "a filter, rows as they stand", deep=True),
    Case("rolling with missing values", W, "df.age.rolling(4, min_periods=2).mean()"),
]

# what a frame says of itself on the server: the expression, pandas' own, and a remark
FACTS = {
    "df.shape, len": ("(df.shape, len(df))", "(df.shape, len(df))", "refused after a filter: how many rows it leaves is secret"),
    "df.columns": ("df.columns", "list(df.columns)", "c1, c2, ... for names that the owner hid"),
    "df.dtypes": ("df.dtypes", "{n: kinds.get(str(t), str(t)) for n, t in df.dtypes.items()}", "float, int, bool, category, date, datetime"),
    "df.memory_usage": ("sorted(df.memory_usage())", "sorted(df.columns)", "bytes of ciphertexts"),
    "df.info": ("df.info()", "None", "prints rows, kinds, where values may be missing, bytes; no value"),
}

# statistics: what of scipy or statsmodels each is compared with in test_stats_scipy.py, and a remark
STATS = {
    "ttest_1samp": ("scipy.stats.ttest_1samp", "statistic, pvalue, df"),
    "ttest_ind": ("scipy.stats.ttest_ind", "pooled and Welch's; of one frame filtered in two ways, or of different tables"),
    "ttest_rel": ("scipy.stats.ttest_rel", "rows that have both"),
    "f_oneway": ("scipy.stats.f_oneway", "samples, or a series and a category"),
    "chi2_contingency": ("scipy.stats.chi2_contingency", "Yates' correction; counts are exact"),
    "pearsonr": ("scipy.stats.pearsonr", "statistic, pvalue"),
    "linregress": ("scipy.stats.linregress", "slope, intercept, rvalue, pvalue, stderr, intercept_stderr"),
    "zscore": ("scipy.stats.zscore", "a series, divided at decryption"),
    "skew": ("scipy.stats.skew", "bias=True or False"),
    "kurtosis": ("scipy.stats.kurtosis", "Fisher's or Pearson's; bias=True or False"),
    "kaplan_meier": ("statsmodels SurvfuncRight", "times on a public grid; Greenwood's standard errors"),
    "logrank": ("statsmodels survdiff", "two groups"),
    "ols": ("statsmodels OLS", "params, bse, tvalues, pvalues, rsquared, fvalue, f_pvalue, nobs, df_resid"),
}
