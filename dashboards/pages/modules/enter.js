/** A link of `dunghen token` carries the token after "#": browsers keep that part to themselves. */
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("#token").value = decodeURIComponent(token);
  document.querySelector("#enter").submit();
}
