import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";

/** What a test page opens: one press says that it arrived. Its code stands in the fragment, which no server sees. */
export function ArrivedPage() {
  const [code] = useState(() => new URLSearchParams(location.hash.slice(1)).get("code") ?? "");
  const [channel, setChannel] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const say = async (): Promise<void> => {
    setBusy(true);
    const result = await send<{ channel: string }>("POST", "/api/my-test-page", { code });
    setBusy(false);
    setProblem(result.ok ? "" : result.problem.kind === "missing" ? t("test_page_unknown") : problemText(result.problem));
    if (result.ok) setChannel(result.data.channel);
  };
  return (
    <Page title={t("test_page_title")}>
      {channel ? (
        <Notice kind="good" text={t("test_page_proven", { channel: codeWord("channel", channel) })} />
      ) : (
        <>
          <p>{t("test_page_ask")}</p>
          <Notice text={problem} />
          <div class="buttons">
            <Button kind="primary" big busy={busy} onClick={() => void say()}>
              {t("test_page_here")}
            </Button>
          </div>
        </>
      )}
      <p class="buttons">
        <Link to="" class="button button-secondary">
          {t("back_to_queue")}
        </Link>
      </p>
    </Page>
  );
}
