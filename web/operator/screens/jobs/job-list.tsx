import { type JobFilter, type JobKind, type JobState, JobsDocument } from '../../../kit/api/operator.generated.ts';
import { useContentList } from '../../../kit/content/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Empty, ErrorNote, LoadMore, SelectField, useTitle } from '../../../kit/parts/index.ts';
import { useKept } from '../../../kit/use-kept.ts';
import { FirmSelect } from '../../firms/index.ts';
import { JobTable } from './job-table.tsx';
import { JOB_STATES, KINDS } from './job-words.ts';

const EVENTS = ['JOB'];
const STATES = Object.entries(JOB_STATES).map(([state, [words]]) => [state as JobState, words] as const);
const KIND_OPTIONS = Object.entries(KINDS) as [JobKind, string][];

/** '' is no condition. */
interface JobChoice {
	readonly state: JobState | 'OPEN' | '';
	readonly kind: JobKind | '';
	readonly firm: string;
}

const NO_CHOICE: JobChoice = { state: '', kind: '', firm: '' };

const filterOf = ({ state, kind, firm }: JobChoice): JobFilter => ({
	...(state === 'OPEN' ? { isOpen: true } : state && { state }),
	...(kind && { kind }),
	...(firm && { firmId: firm }),
});

/** Jobs on keys and content, newest request first. */
export function JobList() {
	useTitle('Jobs');
	const [choice, setChoice] = useKept('jobs', NO_CHOICE);
	const set = (change: Partial<JobChoice>) => setChoice({ ...choice, ...change });
	const list = useContentList(JobsDocument, {
		variables: { filter: filterOf(choice), count: true },
		listOf: ({ jobs }) => jobs,
		withList: (_, jobs) => ({ jobs: jobs as never }),
	});
	const { nodes, totalCount, error, isLoading, hasMore, more, refresh } = list;
	useLive(EVENTS, refresh);
	return (
		<>
			<header>
				<h1>Jobs</h1>
			</header>
			<p className="reading">
				Work on keys and content that no single person may start alone, or that takes long. Each is recorded in the log,
				and the firm is told.
			</p>
			<search className="grid filters" aria-label="Filter the jobs">
				<SelectField
					label="State"
					value={choice.state}
					options={[['OPEN', 'Not ended'], ...STATES]}
					none="Every state"
					onChange={(state) => set({ state })}
				/>
				<SelectField
					label="What"
					value={choice.kind}
					options={KIND_OPTIONS}
					none="Everything"
					onChange={(kind) => set({ kind })}
				/>
				<FirmSelect value={choice.firm} none="Firms and platform" onChange={(firm) => set({ firm })} />
			</search>
			{error && <ErrorNote error={error} onRetry={refresh} />}
			{!nodes && isLoading && <p role="status">Reading the jobs …</p>}
			{nodes?.length === 0 && (
				<Empty>
					<p>
						{choice === NO_CHOICE
							? 'No job yet. An approver asks for one by the command line; owners ask for jobs on their firm’s keys in the workspace.'
							: 'No job is like that.'}
					</p>
				</Empty>
			)}
			{nodes && nodes.length > 0 && <JobTable jobs={nodes} totalCount={totalCount ?? nodes.length} />}
			<div>
				<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={more} />
			</div>
		</>
	);
}
