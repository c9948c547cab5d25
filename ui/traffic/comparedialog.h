// Two exchanges beside each other as one difference: request and response, line by line.
#pragma once

#include "gateway/api/api.h"

class QDialog;
class QWidget;

namespace gatehouse::ui {

QDialog *compareDialog(const api::ExchangeDetail &a, const api::ExchangeDetail &b, QWidget *parent);

} // namespace gatehouse::ui
