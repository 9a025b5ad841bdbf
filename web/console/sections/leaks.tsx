// leaks.tsx – data loss prevention: rules for scanners, what happens to a leaked credential, what was reported.
import { useState } from 'preact/hooks';
import { appsPath, settingsPath, useSettings, type Names } from '../client_apps';
import { isWord, t } from '../language';
import { Card, CopyButton, Empty, Loading, Moment, Notice, Problem, Title } from '../parts/basics';
import { RadioField, SelectField } from '../parts/fields';
import { Form } from '../parts/form';
import { Id } from '../parts/id';
import { Pager } from '../parts/pager';
import { WideTable, type Column } from '../parts/table';
import { useUnsaved } from '../parts/unsaved';
import { addressOf, type Parameters } from '../route';
import { authentication, get, getText, withQuery } from '../server';
import type { Answers, LeakReport, StoredAuthenticationSettings, StoredClientApp } from '../types';
import { useDraft, useLoaded } from '../use';
import { change as store } from '../versions';

const path = `${authentication}/dlp`;
const pageSize = 25;

type Policy = StoredAuthenticationSettings['leakPolicy'];
const policies: Policy[] = ['NOTIFY', 'DISABLE', 'RENEW'];

/** What the API can write, and what a file of it is called. */
const formats = {
  gitleaks: { label: 'gitleaks', file: 'greffier.toml' },
  trufflehog: { label: 'TruffleHog', file: 'greffier.yaml' },
  github: { label: 'GitHub secret scanning', file: 'greffier-github.json' },
  secretlint: { label: 'secretlint', file: 'secretlintrc.json' },
  'secretlint-rule': { label: 'secretlint (rule)', file: 'secretlint-rule-greffier.js' },
  purview: { label: 'Microsoft Purview', file: 'greffier-purview.xml' },
  regex: { label: 'Regex', file: 'greffier-regex.json' },
} as const;
type Format = keyof typeof formats;

function RulesCard() {
  const [format, setFormat] = useState<Format>('gitleaks');
  const address = withQuery(`${path}/rules`, { format });
  const rules = useLoaded(address, (signal) => getText(address, signal));
  return (
    <Card id="rules" title={t('rulesTitle')}>
      <p class="faded">{t('rulesText')}</p>
      <SelectField name="format" label={t('rulesFor')} value={format} onChange={(value) => setFormat(value as Format)} choices={Object.entries(formats).map(([value, { label }]) => ({ value, label }))} />
      <Problem error={rules.error} onRetry={rules.reload} />
      {rules.value !== undefined && (
        <>
          <pre tabIndex={0} aria-label={t('rulesTitle')} translate={false}>{rules.value}</pre>
          <p class="row">
            <CopyButton text={rules.value} />
            <a class="button secondary" href={address} download={formats[format].file}>{t('download')}</a>
          </p>
        </>
      )}
      <p class="faded">{t('fingerprintsText')} <a href={`${path}/fingerprints`} download="greffier-fingerprints.json">{t('fingerprints')}</a></p>
    </Card>
  );
}

const draftOf = ({ leakPolicy }: StoredAuthenticationSettings): { leakPolicy: Policy } => ({ leakPolicy });

function PolicyForm({ settings, onSaved }: { settings: StoredAuthenticationSettings; onSaved: (settings: StoredAuthenticationSettings) => void }) {
  const { base, draft: { leakPolicy: policy }, isDirty, change } = useDraft(settings, draftOf);
  useUnsaved(isDirty);
  const save = async () => onSaved(await store<StoredAuthenticationSettings, StoredAuthenticationSettings>({ method: 'PUT', path: settingsPath, base, body: { leakPolicy: policy }, bodyOf: draftOf, history: ['authentication', ''] }));
  return (
    <Card id="policy" title={t('policyTitle')}>
      <Form check={() => ({})} submit={save} submitWord={t('save')} isDirty={isDirty}>
        <RadioField
          name="leakPolicy"
          label={t('policyLabel')}
          value={policy}
          onChange={(value) => change({ leakPolicy: value as Policy })}
          choices={policies.map((value) => ({ value, label: t(`policy${value}`), hint: t(`policy${value}Hint`) }))}
        />
      </Form>
    </Card>
  );
}

const wordOf = (prefix: string, value: string): string => (isWord(prefix + value) ? t((prefix + value) as 'policyNOTIFY') : value);
const isHttp = (url: string): boolean => /^https?:\/\//i.test(url);

const columns = (names: Names): Column<LeakReport>[] => [
  { title: t('leakKind'), kind: 'what', cell: ({ kind }) => wordOf('leak', kind) },
  { title: t('leakSubject'), cell: ({ kind, subject }) => <>{names[subject] && <span class="block">{names[subject]}</span>}<Id value={subject} href={/^CLIENT_(ID|SECRET)$/.test(kind) ? addressOf('apps', { id: subject }) : undefined} /></> },
  { title: t('leakPlace'), cell: ({ url, source }) => <>{isHttp(url) ? <a href={url} target="_blank" rel="noreferrer noopener">{url}</a> : url}{source && <span class="block faded">{source}</span>}</> },
  { title: t('leakPolicy'), cell: ({ policy }) => wordOf('policy', policy) },
  { title: t('leakReporter'), cell: ({ reporter }) => reporter },
  { title: t('time'), kind: 'when', cell: ({ reportedDate }) => <Moment date={reportedDate} /> },
];

function Reports({ page }: { page: number }) {
  const address = withQuery(`${path}/reports`, { from: (page - 1) * pageSize + 1, to: page * pageSize });
  const apps = useLoaded('apps', (signal) => get<StoredClientApp[]>(appsPath, signal).catch(() => [])); // the operator may have switched them off
  const names = Object.fromEntries((apps.value ?? []).map(({ clientId, name }) => [clientId, name]));
  const reports = useLoaded(address, (signal) => get<Answers['dlpReportsGet']>(address, signal));
  return (
    <Card id="reports" title={t('reportsTitle')}>
      <Problem error={reports.error} onRetry={reports.reload} />
      {!reports.value ? !reports.error && <Loading /> : reports.value.count === 0 ? (
        <Empty icon="check" title={t('noReports')}><p>{t('noReportsText')}</p></Empty>
      ) : (
        <>
          <WideTable caption={t('reportsTitle')} columns={columns(names)} items={reports.value.results} keyOf={(report) => `${report.reportedDate} ${report.subject} ${report.url}`} />
          <Pager page={page} pageSize={pageSize} count={reports.value.count} addressOfPage={(wanted) => addressOf('leaks', { page: wanted > 1 ? String(wanted) : '' })} />
        </>
      )}
    </Card>
  );
}

export function LeaksSection({ parameters }: { parameters: Parameters }) {
  const loaded = useSettings();
  const [saved, setSaved] = useState<StoredAuthenticationSettings | null>(null);
  const settings = saved ?? loaded.value;
  return (
    <>
      <Title lead={t('leaksLead')}>{t('sectionLeaks')}</Title>
      {saved && <Notice tone="good"><p>{t('saved')}</p></Notice>}
      <Problem error={loaded.error} onRetry={loaded.reload} />
      {settings ? <PolicyForm key={settings.leakPolicy} settings={settings} onSaved={setSaved} /> : !loaded.error && <Loading />}
      <Reports page={Math.max(1, Math.floor(Number(parameters.page)) || 1)} />
      <RulesCard />
    </>
  );
}
