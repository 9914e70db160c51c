import { useMutation } from '@apollo/client/react';
import { CreateDownloadDocument } from '../../../kit/api/workspace.generated.ts';
import { useKit } from '../../../kit/kit-context.ts';
import { ErrorNote, useSave } from '../../../kit/parts/index.ts';

interface DownloadButtonProps {
	readonly documentId: string;
	/** The version; the latest one unless given. */
	readonly number?: number;
	readonly isPrimary?: boolean;
}

/** Downloads a file by the browser's own download, which needs no memory and can be watched and stopped there. */
export function DownloadButton({ documentId, number, isPrimary = false }: DownloadButtonProps) {
	const { api } = useKit();
	const [createDownload] = useMutation(CreateDownloadDocument);
	const { isSaving, error, submit } = useSave(async () => {
		const input = { documentId, ...(number !== undefined && { number }) };
		const { data } = await createDownload({ variables: { input } });
		if (data?.createDownload) follow(api + data.createDownload.path);
	});
	return (
		<>
			<button
				type="button"
				className={isPrimary ? 'primary' : 'small'}
				aria-disabled={isSaving}
				onClick={() => void submit()}
			>
				{isSaving ? 'One moment …' : 'Download'}
				{number !== undefined && <span className="said"> version {number}</span>}
			</button>
			{error !== null && <ErrorNote error={error} />}
		</>
	);
}

/** The address works once and answers with an attachment: nothing of the file opens in this page. */
function follow(address: string): void {
	const link = document.createElement('a');
	link.href = address;
	link.download = '';
	link.rel = 'noreferrer noopener';
	// A page of another origin would be left for the API's error if the download fails.
	if (new URL(address, location.href).origin !== location.origin) link.target = '_blank';
	link.click();
}
