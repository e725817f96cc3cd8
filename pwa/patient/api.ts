/** The patient's calls, one function each. */
import { call } from "../shared/api.ts";
import type { Language } from "../shared/i18n/language.ts";
import type { CheckIn, CheckInRow, LinkedCheckIn, My, ReportForm, Restriction, Status } from "./types.ts";

export type Invitation = { token: string } | { code: string; date_of_birth: string };

export const enrol = (invitation: Invitation, replace: boolean) =>
  call<My>("POST", "/api/enrolment", replace ? { ...invitation, replace: true } : invitation);

export const getMy = () => call<My>("GET", "/api/my");

export const changeLanguage = (language: Language) => call<My>("PATCH", "/api/my", { language });

export const getCheckIns = () => call<{ now: string; items: CheckInRow[]; restrictions: Restriction[] }>("GET", "/api/my/check-ins");

export const getCheckIn = (id: string) => call<CheckIn>("GET", `/api/my/check-ins/${encodeURIComponent(id)}`);

export const openLink = (token: string) => call<LinkedCheckIn>("POST", "/api/my/link", { token });

export const notForMe = (token: string) => call<void>("POST", "/api/my/link/not-for-me", { token });

export const getReportForm = () => call<ReportForm>("GET", "/api/my/report-form");

export const getStatus = (responseId: string, bearer: string | undefined) =>
  call<Status>("GET", `/api/my/status/${encodeURIComponent(responseId)}`, undefined, { bearer });

export const forgetDevice = () => call<void>("DELETE", "/api/my/device");
