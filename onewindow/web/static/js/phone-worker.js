/** Shows a note that came while the page slept (推送). Its scope is one ticket's page: a touch leads back there. */

self.addEventListener("push", (event) => {
  const note = event.data?.json() ?? {};
  const shown = self.registration.showNotification(`${note.number} ${note.zh}`, {
    body: note.en,
    tag: note.tag,
    renotify: true,
    requireInteraction: true,
    vibrate: [300, 150, 300, 150, 300],
    lang: "zh-CN",
  });
  event.waitUntil(shown);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const home = self.registration.scope;
  const open = async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((one) => one.url === home);
    return page ? page.focus() : self.clients.openWindow(home);
  };
  event.waitUntil(open());
});
