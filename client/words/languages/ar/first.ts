/** كلمات العرض الأول بالعربية. */
import type { FirstMessages } from "../../messages.ts";

export const first: FirstMessages = {
  "app.title": "{view} · Meadow",
  "app.direction": "rtl",

  "signIn.title": "تسجيل الدخول",
  "signIn.heading": "تسجيل الدخول إلى Meadow",
  "signIn.lead": "بلا كلمة مرور: بمفتاح مرور أو برمز يصلك بالبريد الإلكتروني.",
  "signIn.email": "البريد الإلكتروني",
  "signIn.continue": "متابعة",
  "signIn.or": "أو",
  "signIn.passkey": "الدخول بمفتاح مرور",
  "signIn.emailMissing": "أدخل بريدك الإلكتروني.",
  "signIn.emailMalformed": "أدخل بريدًا إلكترونيًا مثل name@example.com.",
  "signIn.sending": "نرسل إليك رمزًا…",
  "signIn.unsupported": "هذا المتصفح لا يدعم مفاتيح المرور. سجّل الدخول ببريدك الإلكتروني.",
  "signIn.elsewhere": "هذا المتصفح لا يدعم مفاتيح المرور. سجّل الدخول من حيث يوجد مفتاحك.",

  "ceremony.waiting": "في انتظار جهازك…",
  "ceremony.cancel": "إلغاء",

  "problem.unreachable": "تعذّر الوصول إلى خدمة تسجيل الدخول. تحقق من اتصالك وحاول مرة أخرى.",

  "problem.internal_error": "حدث خطأ من جانبنا. حاول مرة أخرى، وإن تكرر فأبلغنا بالرمز {requestId}.",
  "problem.rate_limited": "محاولات كثيرة. حاول مرة أخرى بعد {time}.",
  "problem.rejected": "هناك خلل في هذه الصفحة. أعد تحميلها وحاول مرة أخرى.",
};
